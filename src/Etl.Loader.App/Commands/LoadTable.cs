using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary>Loads as lines. The target is named where it is not called as the inbox is; AGE is the time since acceptance.</summary>
internal static class LoadTable
{
    public static TextTable Of(IEnumerable<LoadSummary> loads, DateTimeOffset now)
    {
        var table = new TextTable("LOAD", "STATUS", TextColumn.Name("DATASET"), TextColumn.Name("TABLE"), TextColumn.Number("ROWS"), TextColumn.Number("AGE"));
        foreach (var load in loads)
        {
            table.AddWithNote(
                Remark(load, now),
                Words.Short(load.LoadId),
                Words.Of(load.Status),
                $"{load.Inbox}/{load.Dataset}",
                load.Target == load.Inbox ? load.TableName : $"{load.Target}: {load.TableName}",
                Words.Rows(load.RowsLoaded),
                Words.AgeCell(load.AcceptedAt, now));
        }

        return table;
    }

    /// <summary>What is to be said of it beside its cells: its progress, what it waits for, or its error.</summary>
    public static string Remark(LoadSummary load, DateTimeOffset now) => load switch
    {
        { Status: LoadStatus.Loading, WaitsFor: { } waits } => "waits for " + waits,
        { Status: LoadStatus.Loading } => $"{Words.Of(load.Stage)} {Words.Progress(load.BytesDone, load.BytesTotal)}".TrimEnd(),
        { Status: LoadStatus.Retrying, NextAttemptAt: { } next } => $"again in {Words.Span(next - now)}: {load.Error}",
        { RowsRejected: > 0, Status: LoadStatus.Loaded } => $"{Words.Rows(load.RowsRejected)} rejected",
        { Status: LoadStatus.Loaded } => "",
        _ => load.Error ?? load.WaitsFor ?? "",
    };
}
