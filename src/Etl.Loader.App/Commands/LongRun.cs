using Etl.Loader.App.Composition;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.Output;
using Etl.Loader.Queue.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.App.Commands;

/// <summary>
/// Runs roles until asked to stop; the process ends when one of its loops cannot continue, for its supervisor to start it again, and with the exit code for
/// configuration where the queue database's schema is not this version's.
/// </summary>
internal static class LongRun
{
    public static async Task<int> RunAsync(
        IConfiguration configuration, EtlLoaderRoles roles, bool dashboard, LogLevel leastLevel, Surroundings surroundings, CancellationToken token)
    {
        OpenFiles.Require(OpenFiles.Allowed());
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
        var refused = app.Services.GetRequiredService<DatabaseReadiness>().Refused;
        var reported = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stopping.Token.Register(reported.SetResult))
        {
            await Task.WhenAny(reported.Task, refused);
        }

        await WebHost.StopAsync(app);
        if (refused.IsCompleted && !token.IsCancellationRequested)
        {
            return Failure.Report(await refused, surroundings);
        }

        return token.IsCancellationRequested ? ExitCodes.Done : ExitCodes.NotReachable;
    }
}
