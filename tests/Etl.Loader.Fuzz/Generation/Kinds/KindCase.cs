using System.Text;
using Etl.Loader.Fuzz.Oracle;
using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>A file of one kind of doubt, with the one right answer: exactly these rows, or a refusal.</summary>
/// <param name="Rows">Null: every table is wrong, the file has to be refused.</param>
internal sealed record KindCase(string Kind, byte[] Bytes, IReadOnlyList<string> Names, IReadOnlyList<string?[]>? Rows) : IFuzzCase
{
    public string File { get; init; } = "data.csv";

    /// <summary>A refusal is right too: the evidence may be too thin. Without rows a refusal is what is wanted.</summary>
    public bool MayBeRefused { get; init; }

    public RaggedRows Ragged { get; init; }

    /// <summary>Lines of rows that must be rejected.</summary>
    public IReadOnlyList<ExpectedRecord> Rejected { get; init; } = [];

    public static KindCase Loaded(string kind, string text, IEnumerable<string> names, IEnumerable<string?[]> rows) =>
        new(kind, Encoding.UTF8.GetBytes(text), [.. names], [.. rows]);

    public static KindCase Refused(string kind, string text) => new(kind, Encoding.UTF8.GetBytes(text), [], null);

    /// <summary>Blanks around numbers and dates are none of them; a column of texts keeps them.</summary>
    private IReadOnlyList<string?[]>? Trimmed()
    {
        if (Rows is null || !Rows.Any(row => row.Any(value => value is [' ', ..] or [.., ' '])))
        {
            return Rows;
        }

        var typed = Enumerable.Range(0, Names.Count).Where(column => IsPadded([.. Rows.Select(row => row[column] ?? "").Where(text => text.Length > 0)])
            && TypeOracle.Of(Rows.Select(row => Bare(row[column])), new()).Kind != TypeKind.Text).ToHashSet();
        return [.. Rows.Select(row => row.Select((value, column) => typed.Contains(column) ? Bare(value) : value).ToArray())];
    }

    /// <summary>Nearly all, or up to the same place.</summary>
    private static bool IsPadded(List<string> cells) => cells.Count > 2
        && (cells.Count(text => text is [' ', ..] or [.., ' ']) * 10 >= cells.Count * 9
            || (cells.Exists(text => text is [' ', ..] or [.., ' ']) && cells.TrueForAll(text => text.Length == cells[0].Length)));

    private static string? Bare(string? value) => value?.Trim(' ') is { Length: > 0 } bare ? bare : null;

    public GeneratedDataset Render() => Render(Trimmed());

    private GeneratedDataset Render(IReadOnlyList<string?[]>? rows) => new()
    {
        Files = [new(File, Bytes, Bytes)],
        Ragged = Ragged,
        RejectsMax = Rejected.Count,
        MayBeRefused = MayBeRefused || Rows is null,
        MustBeRefused = Rows is null,
        Expect = _ => rows is null ? null : new(
            Names,
            [.. Names.Select((_, column) => TypeOracle.Of(rows.Select(row => row[column]), new()))],
            [.. rows.Select(row => new ExpectedRecord(File, 0, 0, 0, row)), .. Rejected],
            new()),
    };

    /// <summary>They are small, and what is left out may be the evidence.</summary>
    public IEnumerable<IFuzzCase> Smaller() => [];
}
