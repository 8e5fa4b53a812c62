using System.Runtime.InteropServices;
using Etl.Loader.Fuzz;

if (FuzzOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(FuzzOptions.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
Console.WriteLine($"seed {options.Seed}");
var campaign = new Campaign(options, Console.WriteLine);
var started = TimeProvider.System.GetTimestamp();
try
{
    await campaign.RunAsync(stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("stopped");
}

var report = new Report(options, campaign, TimeProvider.System.GetElapsedTime(started));
Console.WriteLine(report.Text());
if (options.Why)
{
    Console.Write(campaign.Refusals.Text());
}

if (options.Write)
{
    await report.WriteAsync(CancellationToken.None);
}

return campaign.Findings.Count > 0 ? 1 : stop.IsCancellationRequested ? 130 : 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
