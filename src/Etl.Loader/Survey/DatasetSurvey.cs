using System.Text.Json.Serialization;

namespace Etl.Loader.Survey;

/// <summary>
/// What one pass over the whole dataset established. Kept with the load as JSON, so that an interrupted load need not repeat it.
/// </summary>
internal sealed record DatasetSurvey
{
    public required DataFormat Format { get; init; }
    public required IReadOnlyList<FileSurvey> Files { get; init; }
    public required IReadOnlyList<SurveyedColumn> Columns { get; init; }

    /// <summary>Records over all files, headers and skipped lines not counted, rejected ones included.</summary>
    public required long Rows { get; init; }

    /// <summary>Bytes as delivered (compressed where they are).</summary>
    public required long Bytes { get; init; }

    /// <summary>Lower-case hexadecimal; of one file its own hash, of several the hash over their hashes in order.</summary>
    public required string Sha256 { get; init; }

    /// <summary>For people: what was skipped, joined, padded or noted ("3 lines of preamble", "padding zeros in price").</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Bytes of the text that has to be read again where a load starts again, where known; never less than <see cref="Bytes"/>.</summary>
    [JsonIgnore]
    public long TextBytes => Math.Max(Bytes, Files.Sum(file => file.TextBytes));
}

internal sealed record FileSurvey
{
    /// <summary>Path inside the inbox.</summary>
    public required string Path { get; init; }
    public required long Bytes { get; init; }
    public required long Rows { get; init; }
    public required string Sha256 { get; init; }

    /// <summary>Bytes after decompression; 0: not known, as of Parquet and of surveys that older versions kept.</summary>
    public long TextBytes { get; init; }

    /// <summary>Null for Parquet.</summary>
    public Dialect? Dialect { get; init; }

    /// <summary>Places where reading may start, in order; empty for compressed text and small Parquet (one reader from the start).</summary>
    public IReadOnlyList<Chunk> Chunks { get; init; } = [];
}

/// <summary>A part of an uncompressed text file that begins and ends between records, or row groups of a Parquet file that follow each other.</summary>
/// <param name="Offset">First byte, from the file's start.</param>
/// <param name="FirstRow">Number of the first record in the file, from 0.</param>
/// <param name="FirstLine">Physical line of the first record, from 1; in Parquet its number.</param>
/// <param name="Hash">See <see cref="ChunkHash"/>.</param>
internal sealed record Chunk(long Offset, long Bytes, long FirstRow, long Rows, long FirstLine, string Hash);

/// <summary>The settled form of a text file: nothing left to guess, so that every reading sees the same records.</summary>
internal sealed record Dialect
{
    /// <summary>Delimiter between fields: one character, or several (", ").</summary>
    public required string Delimiter { get; init; }

    /// <summary>'\0': none.</summary>
    public required char Quote { get; init; }

    /// <summary>Equal to the quote (doubling), '\\', or '\0': none.</summary>
    public required char Escape { get; init; }

    /// <summary>IANA name: utf-8, utf-16le, utf-16be, windows-1252, …</summary>
    public required string Encoding { get; init; }

    public required bool Header { get; init; }

    /// <summary>Physical lines before the header or first record.</summary>
    public required int Skip { get; init; }

    /// <summary>Unquoted field texts that mean null; the empty one is among them unless the producer says otherwise.</summary>
    public required IReadOnlyList<string> Nulls { get; init; }

    /// <summary>'.' or ','.</summary>
    public required char Decimal { get; init; }

    /// <summary>Custom format of dates; null: ISO 8601.</summary>
    public string? DateFormat { get; init; }

    public string? TimestampFormat { get; init; }

    /// <summary>"none", "gzip" or "zstd".</summary>
    public required string Compression { get; init; }

    /// <summary>True: records shorter than the header get nulls.</summary>
    public bool Pad { get; init; }

    /// <summary>True: records end with a delimiter, behind which there is nothing.</summary>
    public bool Trailing { get; init; }

    /// <summary>The file's columns of numbers, dates and the like whose values were filled up with blanks; null: none.</summary>
    public IReadOnlyList<int>? Padded { get; init; }

    /// <summary>True: the header alone ends with a delimiter.</summary>
    public bool Ended { get; init; }

    /// <summary>True: the header has a '#' before its first name, in a field of its own.</summary>
    public bool Marked { get; init; }

    /// <summary>True: the first column has no name in the header; its values are labels of the rows.</summary>
    public bool Labels { get; init; }

    /// <summary>Physical lines between the header and the first record.</summary>
    public int Below { get; init; }

    /// <summary>Columns at the end that the header names and no record has.</summary>
    public int Missing { get; init; }

    /// <summary>True: lines that begin with '#' and are not as wide as the table are remarks.</summary>
    public bool Comments { get; init; }

    /// <summary>True: the delimiter is a mark with a blank behind it, and the mark alone is damage.</summary>
    public bool Bare { get; init; }

    /// <summary>What the values of each column are like in complete records, which those of padded ones must be too; null: nothing is known.</summary>
    public IReadOnlyList<Delimited.Dialects.ValueTraits>? Complete { get; init; }

    /// <summary>Where the table ends in the decoded text, from its first character in bytes; null: with the file.</summary>
    public long? End { get; init; }
}

/// <param name="Name">As in the header, or column_1 … where there is none.</param>
/// <param name="MaxBytes">Length of the longest value in UTF-8.</param>
/// <param name="Excluded">The first value that excluded the next narrower type; null where none did.</param>
internal sealed record SurveyedColumn(string Name, ColumnType Type, long Nulls, int MaxBytes, TypeExclusion? Excluded);

/// <param name="Narrower">The type that was excluded.</param>
/// <param name="Value">The value, shortened to 100 characters.</param>
internal sealed record TypeExclusion(TypeKind Narrower, long Line, string Value);
