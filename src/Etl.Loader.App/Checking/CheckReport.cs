using Etl.Loader.App.Output;
using Etl.Loader.Survey;

namespace Etl.Loader.App.Checking;

/// <summary>A check as people read it.</summary>
internal static class CheckReport
{
    public static void Write(CheckResult check, Surroundings surroundings)
    {
        Facts.Write(FactsOf(check), surroundings);

        if (check.Columns.Count > 0)
        {
            var columns = new TextTable(TextColumn.Name("COLUMN"), "TYPE", "IN THE TABLE", TextColumn.Number("NULLS"), TextColumn.Number("LONGEST"), "WHY NOT NARROWER");
            foreach (var c in check.Columns)
            {
                columns.Add(c.Name, c.Type, c.Existing ?? "", Words.Rows(c.Nulls), Words.Bytes(c.MaxBytes), c.Excluded is { } e ? $"line {e.Line} has '{e.Value}'" : "");
            }

            columns.Write(surroundings);
        }

        if (check.Rejects.Count > 0)
        {
            var rejects = new TextTable(TextColumn.Number("LINE"), "REASON", "ROW");
            foreach (var r in check.Rejects)
            {
                rejects.Add(r.Line.ToString(), r.Reason, r.Raw.Length > 100 ? r.Raw[..100] + "…" : r.Raw);
            }

            rejects.Write(surroundings);
        }

        if (check.Ddl is not null)
        {
            surroundings.Out.WriteLine(check.Ddl);
        }

        if (check.Error is not null)
        {
            Facts.WriteBelow(surroundings.Error, "would fail: ", Words.Plain(check.Error), surroundings.ErrorWidth);
            surroundings.Advise(check.Hint);
        }
    }

    private static IEnumerable<(string Name, string? Value)> FactsOf(CheckResult check) =>
    [
        ("file", check.File),
        ("table", check.Table is null ? null : $"{(check.Target is null ? "" : check.Target + ": ")}{check.Table}"),
        ("format", check.Dialect is { } d ? $"{Form(check.Format, d)}, {d.Encoding}{(d.Compression == "none" ? "" : ", " + d.Compression)}" : check.Format?.ToString()),
        ("size", check.Bytes is { } bytes ? $"{Words.Bytes(bytes)}{(check.Rows is { } rows ? $", {Words.Many(rows, "row")}" : "")}" : null),
        ("sha256", check.Sha256),
        ("rejected", check.Rejected > 0 ? Words.Rows(check.Rejected) : null),
        ("notes", string.Join("; ", check.Notes)),
        ("would take", check.EstimatedSeconds is { } seconds ? "about " + Words.Span(TimeSpan.FromSeconds(Math.Max(1, seconds))) : null),
    ];

    private static string Form(DataFormat? format, Dialect d) => format == DataFormat.JsonLines
        ? "JSON lines"
        : $"delimiter {Visible(d.Delimiter)}, {(d.Quote == '\0' ? "no quotes" : "quote " + d.Quote)}, {(d.Header ? "header" : "no header")}{(d.Skip > 0 ? $", {Words.Many(d.Skip, "line")} skipped" : "")}";

    private static string Visible(string delimiter) => delimiter == "\t" ? "tab" : $"'{delimiter}'";
}
