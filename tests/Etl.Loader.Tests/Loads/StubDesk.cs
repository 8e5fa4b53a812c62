using Etl.Loader.Loads;

namespace Etl.Loader.Tests.Loads;

/// <summary>A lane that is held and keeps what is reported to it, each new report once.</summary>
internal sealed class StubDesk : ILaneDesk
{
    public List<string?> Waits { get; } = [];

    public CancellationToken WindingUp { get; init; }

    /// <summary>Thrown when a load asks whether it may begin.</summary>
    public Exception? Refusal { get; init; }

    public void ReportWait(string? reason)
    {
        if (reason != Waits.LastOrDefault())
        {
            Waits.Add(reason);
        }
    }

    public Task ConfirmTurnAsync(CancellationToken token) => Refusal is null ? Task.CompletedTask : Task.FromException(Refusal);
}
