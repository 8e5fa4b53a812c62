using System.Globalization;
using System.Runtime.InteropServices;
using Etl.Loader.Chaos;

if (CampaignOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(CampaignOptions.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    Console.WriteLine($"seed {options.SeedText}, time-outs divided by {options.Factor.ToString(CultureInfo.InvariantCulture)}");
    await using var place = new Place(options);
    return await place.RunAsync(options.CrashPoints ? new CrashLoop(options).RunAsync : new Campaign(options).RunAsync, stop.Token) ? 0 : 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("stopped");
    return 130;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
