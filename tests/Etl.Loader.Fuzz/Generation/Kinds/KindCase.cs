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

    public GeneratedDataset Render() => new()
    {
        Files = [new(File, Bytes, Bytes)],
        Ragged = Ragged,
        RejectsMax = Rejected.Count,
        MayBeRefused = MayBeRefused || Rows is null,
        MustBeRefused = Rows is null,
        Expect = _ => Rows is null ? null : new(
            Names,
            [.. Names.Select((_, column) => TypeOracle.Of(Rows.Select(row => row[column]), new()))],
            [.. Rows.Select(row => new ExpectedRecord(File, 0, 0, 0, row)), .. Rejected],
            new()),
    };

    /// <summary>They are small, and what is left out may be the evidence.</summary>
    public IEnumerable<IFuzzCase> Smaller() => [];
}
