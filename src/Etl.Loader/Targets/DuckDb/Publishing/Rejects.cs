using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb.Files;

namespace Etl.Loader.Targets.DuckDb.Publishing;

/// <summary>Writes <c>etl_loader.rejects</c>; in the publishing transaction.</summary>
internal static class Rejects
{
    public static void Write(DuckDbSession session, LoadId load, IReadOnlyList<RejectedRecord> rejects) => session.Append(
        new TableName("etl_loader", "rejects"),
        rejects,
        (row, r) => row.AppendValue(load.Value)
            .AppendValue(r.File)
            .AppendValue(r.Line)
            .AppendValue(r.Offset)
            .AppendValue(r.Bytes)
            .AppendValue(r.Column)
            .AppendValue(r.Reason)
            .AppendValue(r.Raw));
}
