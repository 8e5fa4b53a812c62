using Etl.Loader.App.Composition;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.Output;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.App.Commands;

/// <summary>Runs roles until told to stop; the process ends when one of its loops cannot go on, for its supervisor to start it again.</summary>
internal static class LongRun
{
    public static async Task<int> RunAsync(
        IConfiguration configuration, EtlLoaderRoles roles, bool dashboard, LogLevel leastLevel, Surroundings surroundings, CancellationToken token)
    {
        ConfigurationCheck.ThrowIfFaulty(configuration);
        await using var app = WebHost.Build(configuration, roles, dashboard, leastLevel);
        try
        {
            await WebHost.StartAsync(app, configuration, token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Asked to stop before it had begun: an end in order, as any later one.
            return ExitCodes.Done;
        }

        if (dashboard)
        {
            surroundings.Out.WriteLine($"dashboard {WebHost.Url(app, configuration)}");
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(token, app.Lifetime.ApplicationStopping);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stopping.Token.Register(told.SetResult))
        {
            await told.Task;
        }

        await WebHost.StopAsync(app);
        return token.IsCancellationRequested ? ExitCodes.Done : ExitCodes.NotReachable;
    }
}
