using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary>Loads as lines.</summary>
internal static class LoadTable
{
    public static TextTable Of(IEnumerable<LoadSummary> loads, DateTimeOffset now)
    {
        var table = new TextTable("LOAD", "STATUS", "DATASET", "TABLE", "ROWS", "ACCEPTED", "");
        foreach (var load in loads)
        {
            table.Add(
                Words.Short(load.LoadId),
                Words.Of(load.Status),
                $"{load.Inbox}/{load.Dataset}",
                $"{load.Target}: {load.TableName}",
                Words.Rows(load.RowsLoaded),
                Words.Ago(load.AcceptedAt, now),
                Remark(load, now));
        }

        return table;
    }

    private static string Remark(LoadSummary load, DateTimeOffset now) => load switch
    {
        { Status: LoadStatus.Loading, WaitsFor: { } waits } => "waits for " + waits,
        { Status: LoadStatus.Loading } => $"{Words.Of(load.Stage)} {Words.Progress(load.BytesDone, load.BytesTotal)}".TrimEnd(),
        { Status: LoadStatus.Retrying, NextAttemptAt: { } next } => $"again in {Words.Span(next - now)}: {load.Error}",
        { RowsRejected: > 0, Status: LoadStatus.Loaded } => $"{Words.Rows(load.RowsRejected)} rejected",
        { Status: LoadStatus.Loaded } => "",
        _ => load.Error ?? load.WaitsFor ?? "",
    };
}
