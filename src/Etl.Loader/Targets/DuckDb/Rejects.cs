using Etl.Loader.Survey;
using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>Reads and writes <c>etl_loader.rejects</c>.</summary>
internal static class Rejects
{
    public static RejectWords Words { get; } = new(
        type => type is { Kind: TypeKind.Text, Precision: > 0 } ? Survey.Types.ColumnTypes.Format(type) : Types.Declare(type),
        type => Types.IsText(type) && type is not { Kind: TypeKind.Text, Precision: > 0 },
        "is not valid UTF-8");

    private static readonly SqlText Sql = SqlText.Load("Targets/DuckDb/Sql/receipts.sql");

    public static void Write(Session session, LoadId load, IReadOnlyList<RejectedRecord> rejects) => session.Append(
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

    public static void Forget(Session session, LoadId load) => session.Execute(Sql["forget_rejects"], load.Value);

    public static IReadOnlyList<RejectedRecord> Read(Session session, LoadId load) => session.Query(
        Sql["rejects"],
        r => new RejectedRecord(
            r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.IsDBNull(4) ? null : r.GetString(4), r.GetString(5), r.GetString(6)),
        load.Value);
}
