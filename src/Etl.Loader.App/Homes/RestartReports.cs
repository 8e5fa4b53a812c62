using Etl.Loader.Telemetry;

namespace Etl.Loader.App.Homes;

/// <summary>What people read of a private PostgreSQL that died and is started again every two seconds, as while its disk is full.</summary>
internal sealed class RestartReports(Action<string> report, TimeProvider time)
{
    private readonly RepeatLimit _repeats = new(time);
    private bool _failed;

    public void Died() => Say("PostgreSQL stopped unexpectedly; restarting it");

    public void Failed(LoaderException fault)
    {
        _failed = true;
        Say($"{fault.Message} {fault.Hint}".TrimEnd());
    }

    /// <summary>Said only where a start had failed before.</summary>
    public void Runs()
    {
        if (_failed)
        {
            _failed = false;
            report("PostgreSQL is running again");
        }
    }

    private void Say(string message)
    {
        if (_repeats.Allows(RepeatLimit.WithoutNumbers(message), out var leftOut))
        {
            report(message + leftOut);
        }
    }
}
