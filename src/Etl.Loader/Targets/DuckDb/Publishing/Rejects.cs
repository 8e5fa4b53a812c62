using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb.Files;

namespace Etl.Loader.Targets.DuckDb.Publishing;

/// <summary>Writes <c>etl_loader.rejects</c>; in the publishing transaction.</summary>
internal static class Rejects
{
    public static void Write(DuckDbSession session, LoadId load, IReadOnlyList<RejectedRecord> rejects)
    {
        foreach (var r in rejects)
        {
            session.Execute(
                "INSERT INTO etl_loader.rejects (load_id, file, line, byte_offset, bytes, column_name, reason, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                load.Value,
                r.File,
                r.Line,
                r.Offset,
                r.Bytes,
                r.Column,
                r.Reason,
                r.Raw);
        }
    }
}
