using System.Text;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

/// <summary>A dataset whose rows are known: the file, the survey that describes it and a reader over the same rows.</summary>
internal sealed class TestDataset
{
    private readonly MemoryReader _reader;

    private TestDataset(string path, DatasetSurvey survey, MemoryReader reader) => (Path, Survey, _reader) = (path, survey, reader);

    public string Path { get; }

    public DatasetSurvey Survey { get; init; }

    /// <summary>Null is a null, the empty text a quoted empty field.</summary>
    public static TestDataset Csv(string directory, string name, (string Name, ColumnType Type)[] columns, string?[][] rows)
    {
        Directory.CreateDirectory(directory);
        var path = System.IO.Path.Combine(directory, name);
        var text = new StringBuilder().AppendJoin(',', columns.Select(c => c.Name)).Append('\n');
        foreach (var row in rows)
        {
            text.AppendJoin(',', row.Select(Field)).Append('\n');
        }

        File.WriteAllText(path, text.ToString());
        var dialect = new Dialect
        {
            Delimiter = ",",
            Quote = '"',
            Escape = '"',
            Encoding = "utf-8",
            Header = true,
            Skip = 0,
            Nulls = [""],
            Decimal = '.',
            Compression = "none",
        };
        return new TestDataset(path, Describe(path, name, DataFormat.Delimited, dialect, columns, rows), new MemoryReader(new SourceFile(name, path), rows));
    }

    /// <summary>A file that exists already, read by the target itself.</summary>
    public static TestDataset Parquet(string path, (string Name, ColumnType Type)[] columns, long rows)
    {
        var name = System.IO.Path.GetFileName(path);
        var survey = Describe(path, name, DataFormat.Parquet, null, columns, []) with { Rows = rows };
        return new TestDataset(path, survey, new MemoryReader(new SourceFile(name, path), []));
    }

    public StageRequest Request(long epoch, TableName? table = null, LoadId? load = null, LoadMode mode = LoadMode.Replace, long rejectsMax = 0)
    {
        var names = Naming.Columns([.. Survey.Columns.Select(c => c.Name)]);
        return new StageRequest
        {
            Load = load ?? LoadId.New(TimeProvider.System),
            Epoch = epoch,
            Table = table ?? new TableName("main", "orders"),
            Mode = mode,
            Columns = [.. Survey.Columns.Select((c, i) => new TargetColumn(i, c.Name, names[i], c.Type))],
            Survey = Survey,
            Reader = _reader,
            RejectsMax = rejectsMax,
        };
    }

    private static DatasetSurvey Describe(
        string path, string name, DataFormat format, Dialect? dialect, (string Name, ColumnType Type)[] columns, string?[][] rows)
    {
        var bytes = new FileInfo(path).Length;
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
        return new DatasetSurvey
        {
            Format = format,
            Files = [new FileSurvey { Path = name, Bytes = bytes, Rows = rows.Length, Sha256 = sha256, Dialect = dialect }],
            Columns = [.. columns.Select((c, i) => new SurveyedColumn(
                c.Name, c.Type, rows.Count(r => r[i] is null), rows.Select(r => Encoding.UTF8.GetByteCount(r[i] ?? "")).DefaultIfEmpty().Max(), null))],
            Rows = rows.Length,
            Bytes = bytes,
            Sha256 = sha256,
            Notes = [],
        };
    }

    private static string Field(string? value) => value switch
    {
        null => "",
        "" => "\"\"",
        _ when value.IndexOfAny([',', '"', '\n', '\r']) >= 0 => "\"" + value.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"",
        _ => value,
    };
}

/// <summary>Rows in memory as a reader gives them, three to a batch, so that batches end in odd places.</summary>
internal sealed class MemoryReader(SourceFile file, string?[][] rows) : DatasetReader
{
    public override IReadOnlyList<SourceFile> Files => [file];

    public override IRecordReader Open(int index, Chunk? chunk = null) => new Reading(file, rows);

    private sealed class Reading(SourceFile file, string?[][] rows) : IRecordReader
    {
        private int _next;

        public IReadOnlyList<RejectedRecord> Rejects => [];

        public bool Read(RecordBatch batch)
        {
            var part = rows.Skip(_next).Take(3).ToArray();
            if (part.Length == 0)
            {
                return false;
            }

            var data = new List<byte>();
            var fields = new List<Field>();
            foreach (var value in part.SelectMany(r => r))
            {
                var bytes = Encoding.UTF8.GetBytes(value ?? "");
                fields.Add(new Field(data.Count, value is null ? -1 : bytes.Length));
                data.AddRange(bytes);
            }

            batch.Data = [.. data];
            batch.Fields = [.. fields];
            batch.Columns = part[0].Length;
            batch.Rows = part.Length;
            batch.Lines = [.. part.Select((_, i) => _next + i + 2L)];
            _next += part.Length;
            return true;
        }

        public RejectedRecord Reject(RecordBatch batch, int row, string? column, string reason) =>
            new(file.Name, batch.Lines[row], 0, 0, column, reason, string.Join(',', rows[batch.Lines[row] - 2]));

        public void Dispose()
        {
        }
    }
}
