using System.Globalization;
using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets;

/// <summary>A dataset that is in memory: rows of text fields, null being null, with the survey that a real one would have.</summary>
internal sealed class MemoryDataset(IReadOnlyList<TargetColumn> columns, IReadOnlyList<string?[]> rows) : DatasetReader
{
    /// <summary>Rows between two chunks; 0: the file has no chunks.</summary>
    public int ChunkRows { get; init; }

    /// <summary>Rows of one batch.</summary>
    public int BatchRows { get; init; } = 100;

    /// <summary>Called before the row of this number is given out: where a test makes something happen in the middle.</summary>
    public Action<long>? BeforeRow { get; init; }

    public IReadOnlyList<TargetColumn> Columns => columns;

    public override IReadOnlyList<SourceFile> Files { get; } = [new SourceFile("data.csv", "/nowhere/data.csv")];

    public static MemoryDataset Of(IReadOnlyList<(string Name, TypeKind Kind)> columns, params string?[][] rows) =>
        new([.. columns.Select((c, i) => new TargetColumn(i, c.Name, c.Name, new ColumnType(c.Kind)))], rows);

    public DatasetSurvey Survey(string? sha256 = null)
    {
        var hash = sha256 ?? Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            Encoding.UTF8.GetBytes(string.Join('\n', rows.Select(r => string.Join(',', r))))));
        var file = new FileSurvey { Path = "data.csv", Bytes = rows.Count * 10L, Rows = rows.Count, Sha256 = hash, Chunks = Chunks() };
        return new DatasetSurvey
        {
            Format = DataFormat.Delimited,
            Files = [file],
            Columns = [.. columns.Select(c => new SurveyedColumn(c.SourceName, c.Type, 0, 0, null))],
            Rows = rows.Count,
            Bytes = file.Bytes,
            Sha256 = hash,
            Notes = [],
        };
    }

    public override IRecordReader Open(int file, Chunk? chunk = null) =>
        chunk is null ? new Reader(this, rows, 0, rows.Count) : new Reader(this, rows, chunk.FirstRow, chunk.FirstRow + chunk.Rows);

    private List<Chunk> Chunks()
    {
        var chunks = new List<Chunk>();
        for (long first = 0; ChunkRows > 0 && first < rows.Count; first += ChunkRows)
        {
            var count = Math.Min(ChunkRows, rows.Count - first);
            chunks.Add(new Chunk(first * 10, count * 10, first, count, first + 2, string.Create(CultureInfo.InvariantCulture, $"{first:x56}{count:x8}")));
        }

        return chunks;
    }

    private sealed class Reader(MemoryDataset dataset, IReadOnlyList<string?[]> rows, long first, long end) : IRecordReader
    {
        private long _next = first;

        public IReadOnlyList<RejectedRecord> Rejects => [];

        public bool Read(RecordBatch batch)
        {
            if (_next >= end)
            {
                return false;
            }

            var count = (int)Math.Min(dataset.BatchRows, end - _next);
            var data = new MemoryStream();
            var fields = new List<Field>();
            batch.Rows = count;
            batch.Columns = rows[(int)_next].Length;
            batch.Lines = [.. Enumerable.Range(0, count).Select(i => _next + i + 2)];
            batch.Offsets = [.. Enumerable.Range(0, count + 1).Select(i => (_next + i) * 10)];
            for (var i = 0; i < count; i++)
            {
                dataset.BeforeRow?.Invoke(_next);
                foreach (var value in rows[(int)_next++])
                {
                    // One char is one byte in Latin-1: that is how a test writes bytes which are not UTF-8, after a mark.
                    var bytes = value is null ? [] : value.StartsWith("bytes:", StringComparison.Ordinal) ? Encoding.Latin1.GetBytes(value[6..]) : Encoding.UTF8.GetBytes(value);
                    fields.Add(new Field((int)data.Length, value is null ? -1 : bytes.Length));
                    data.Write(bytes);
                }
            }

            batch.Data = data.ToArray();
            batch.Fields = [.. fields];
            batch.BytesRead = _next * 10;
            return true;
        }

        public RejectedRecord Reject(RecordBatch batch, int row, string? column, string reason) =>
            new("data.csv", batch.Lines[row], batch.Offsets[row], 10, column, reason, string.Join(',', rows[(int)batch.Lines[row] - 2]));

        public void Dispose()
        {
        }
    }
}
