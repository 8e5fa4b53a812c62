using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited.Scanning;
using Etl.Loader.Survey.JsonLines;

namespace Etl.Loader.Fuzz.Generation;

/// <summary>A dataset as a producer delivers it, with what must become of it.</summary>
internal sealed record GeneratedDataset
{
    public required IReadOnlyList<GeneratedFile> Files { get; init; }

    /// <summary>What the trigger says.</summary>
    public DialectSpec? Dialect { get; init; }

    public RaggedRows Ragged { get; init; }

    public bool TypesAsText { get; init; }

    public IReadOnlyDictionary<string, string> Schema { get; init; } = new Dictionary<string, string>();

    /// <summary>0 where nothing is damaged: targets have faster ways for what needs no rejects.</summary>
    public long RejectsMax { get; init; } = 1_000_000;

    /// <summary>How the product reads it; small, so that records lie across every border.</summary>
    public ScanOptions Scan { get; init; } = new();

    public JsonLinesLimits Json { get; init; } = JsonLinesLimits.Default;

    /// <summary>False: everything is said and nothing is damaged beyond rejects, so that a refusal is a fault.</summary>
    public required bool MayBeRefused { get; init; }

    /// <summary>True: a refusal is the one right end.</summary>
    public bool MustBeRefused { get; init; }

    /// <summary>The only right table, which for damaged bytes depends on the form that the survey settled. Null: the dataset had to be refused.</summary>
    public required Func<DatasetSurvey, ExpectedTable?> Expect { get; init; }
}

/// <param name="Text">What the offsets of rejects count in: the file decompressed and in UTF-8.</param>
internal sealed record GeneratedFile(string Name, byte[] Bytes, byte[] Text);

/// <param name="Types">As the survey must have proven them; <see cref="TypeKind.Empty"/> where there is no value.</param>
/// <param name="Formats">How the texts in <paramref name="Records"/> are written.</param>
internal sealed record ExpectedTable(
    IReadOnlyList<string> Names, IReadOnlyList<ColumnType> Types, IReadOnlyList<ExpectedRecord> Records, WrittenFormats Formats);

/// <summary>A record of a file, loaded or rejected.</summary>
/// <param name="Values">In the order of <see cref="ExpectedTable.Names"/>; null: the record is damaged.</param>
/// <param name="Bytes">With its line end.</param>
/// <param name="Because">Part of the reason that must be given; empty: any.</param>
internal sealed record ExpectedRecord(string File, long Line, long Offset, long Bytes, string?[]? Values, string Because = "");

/// <summary>One case of the campaign: renders the same dataset whenever it is asked, and knows smaller ones of its like.</summary>
internal interface IFuzzCase
{
    /// <summary>For the report: what the cases of this kind have in common.</summary>
    string Kind { get; }

    GeneratedDataset Render();

    /// <summary>Cases with something left out, the smallest first.</summary>
    IEnumerable<IFuzzCase> Smaller();
}
