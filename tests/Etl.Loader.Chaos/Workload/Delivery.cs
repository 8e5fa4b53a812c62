using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Etl.Loader.Chaos.Workload;

/// <summary>How deliveries make a table.</summary>
internal enum Story
{
    /// <summary>One file name: the newest delivery is the table.</summary>
    Renewed,

    /// <summary>A file name for each delivery: the table is all of them.</summary>
    Appended,

    /// <summary>A file name for each delivery, replaces and appends in turn: the order of acceptance decides, which only the receipts report.</summary>
    Ordered,
}

/// <summary>
/// One version of a data file. Every row carries the delivery's number and its count of rows, so that a table that holds a part of it, or a mixture, is
/// recognised; every value follows from seed, delivery and row.
/// </summary>
/// <param name="Number">Unique in the campaign.</param>
/// <param name="Faulty">The last row lacks a field: the load must fail.</param>
internal sealed record Delivery(int Seed, int Number, string Target, string File, string Table, Story Story, bool Append, int Rows, int Width, bool Faulty)
{
    public const string Header = "delivery,row_no,row_count,payload";

    public bool Big => Width > 64;

    /// <summary>The faulty row may be rejected.</summary>
    public bool Tolerated => File.StartsWith("rejects", StringComparison.Ordinal);

    public string Payload(int row)
    {
        var text = new StringBuilder("p", Width + 16);
        var state = ((ulong)(uint)Seed << 32) ^ ((ulong)(uint)Number * 0x9E3779B97F4A7C15) ^ (ulong)(uint)row;
        while (text.Length < Width)
        {
            // splitmix64: as many different values as there are rows, the same on every machine.
            state += 0x9E3779B97F4A7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            text.Append((mixed ^ (mixed >> 31)).ToString("x16", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>Complete under a hidden name first, then renamed over what is there.</summary>
    public async Task WriteAsync(string inbox, CancellationToken token)
    {
        var partial = Path.Combine(inbox, $".{File}.{Number}.tmp");
        await using (var text = new StreamWriter(Create(partial), new UTF8Encoding(false), 1 << 16))
        {
            await text.WriteLineAsync(Header);
            for (var row = 1; row <= Rows; row++)
            {
                token.ThrowIfCancellationRequested();
                await text.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Number},{row},{Rows},{Payload(row)}"));
            }

            if (Faulty)
            {
                await text.WriteLineAsync("1,2");
            }
        }

        System.IO.File.Move(partial, Path.Combine(inbox, File), overwrite: true);
    }

    public void Trigger(string inbox)
    {
        var partial = Path.Combine(inbox, $".{File}.{Number}.trigger.tmp");
        var priority = Big ? "high" : "normal";
        var rejects = Tolerated ? 1 : 0;
        System.IO.File.WriteAllText(
            partial,
            $$"""{"table":"{{Table}}","mode":"{{(Append ? "append" : "replace")}}","priority":"{{priority}}","rejects":{"max":{{rejects}} } }""");
        System.IO.File.Move(partial, Path.Combine(inbox, File + ".trigger"), overwrite: true);
    }

    private Stream Create(string path)
    {
        var file = System.IO.File.Create(path);
        return File.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
    }
}
