using System.Text;
using Etl.Loader.Survey.Delimited.Evidence;

namespace Etl.Loader.Survey.Delimited.Scanning;

/// <summary>A <see cref="Dialect"/> in bytes, as the scanner compares them.</summary>
internal sealed class ScanDialect
{
    private readonly byte[][] _nulls;
    private readonly int _further;

    public ScanDialect(Dialect dialect, bool watchQuotes = false)
    {
        Delimiter = Encoding.UTF8.GetBytes(dialect.Delimiter);
        Quote = (byte)dialect.Quote;
        Backslash = dialect.Escape == '\\';
        Doubling = dialect.Escape == dialect.Quote && dialect.Quote != '\0';
        WatchedQuote = watchQuotes && Quote == 0 ? (byte)'"' : Quote;
        EmptyIsNull = dialect.Nulls.Contains("");
        _nulls = [.. dialect.Nulls.Where(text => text.Length > 0).Select(Encoding.UTF8.GetBytes)];
        Pad = dialect.Pad;
        Comments = dialect.Comments;
        Bare = dialect.Bare;
        Padding = dialect.Pad && dialect.Complete is not null ? new(dialect) : null;
        _further = (dialect.Trailing ? 1 : 0) - dialect.Missing;
    }

    public byte[] Delimiter { get; }

    /// <summary>0: fields are never quoted.</summary>
    public byte Quote { get; }

    /// <summary>The quote; where none was found in the sample, the one that must not begin a field for that finding to hold.</summary>
    public byte WatchedQuote { get; }

    /// <summary>A backslash inside quotes takes the next quote or backslash literally.</summary>
    public bool Backslash { get; }

    /// <summary>A quote inside quotes is written twice.</summary>
    public bool Doubling { get; }

    public bool EmptyIsNull { get; }

    public bool HasNullTexts => _nulls.Length > 0;

    public bool Pad { get; }

    /// <summary>The delimiter's first character alone is damage.</summary>
    public bool Bare { get; }

    /// <summary>What a padded record is held against; null: nothing.</summary>
    public PadEvidence? Padding { get; }

    /// <summary>Lines that begin with '#' and are of another width are none of the table.</summary>
    public bool Comments { get; }

    /// <summary>Fields of a record of a table with so many columns.</summary>
    public int Columns(int columns) => columns + _further;

    public bool IsNullText(ReadOnlySpan<byte> text)
    {
        foreach (var candidate in _nulls)
        {
            if (text.SequenceEqual(candidate))
            {
                return true;
            }
        }

        return false;
    }

    public bool DelimiterAt(ReadOnlySpan<byte> text) => text.StartsWith(Delimiter);
}
