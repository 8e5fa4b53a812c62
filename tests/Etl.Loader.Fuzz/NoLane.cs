using Etl.Loader.Loads;

namespace Etl.Loader.Fuzz;

/// <summary>No lane: the load runs on its own and nothing stops it.</summary>
internal sealed class NoLane : ILaneDesk
{
    public CancellationToken WindingUp => CancellationToken.None;

    public void ReportWait(string? reason)
    {
    }

    public Task ConfirmTurnAsync(CancellationToken token) => Task.CompletedTask;
}
