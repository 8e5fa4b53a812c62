using System.Text;

namespace Etl.Loader;

/// <summary>
/// The statements of an embedded <c>.sql</c> file, by the names given in <c>-- name: find_load</c> lines. Other comment lines stay with
/// the statement, so that they show up in the server's log.
/// </summary>
internal sealed class SqlText
{
    private const string Marker = "-- name:";
    private readonly Dictionary<string, string> _statements;
    private readonly string _source;

    private SqlText(string source, Dictionary<string, string> statements) => (_source, _statements) = (source, statements);

    /// <summary>In the order of the file.</summary>
    public IReadOnlyCollection<string> Names => _statements.Keys;

    /// <summary>Asked for each time the statement is about to be executed, which makes it a <see cref="CrashPoint"/>.</summary>
    public string this[string name]
    {
        get
        {
            CrashPoint.Pass(_source, name);
            return _statements.TryGetValue(name, out var statement)
                ? statement
                : throw new ArgumentException($"{_source} has no statement '{name}'; it has: {string.Join(", ", _statements.Keys)}.", nameof(name));
        }
    }

    /// <param name="logicalName">The file's path inside this project, with '/': <c>Ledger/Sql/load.sql</c>.</param>
    public static SqlText Load(string logicalName)
    {
        var statements = new Dictionary<string, string>(StringComparer.Ordinal);
        string? name = null;
        var body = new StringBuilder();
        foreach (var line in Read(logicalName).Split('\n'))
        {
            if (!line.StartsWith(Marker, StringComparison.Ordinal))
            {
                body.Append(line).Append('\n');
                continue;
            }

            Keep();
            name = line[Marker.Length..].Trim();
        }

        Keep();
        return new SqlText(logicalName, statements);

        void Keep()
        {
            if (name is not null)
            {
                statements.Add(name, body.ToString().Trim().TrimEnd(';'));
            }

            body.Clear();
        }
    }

    /// <summary>The whole text of an embedded file, for migrations.</summary>
    public static string Read(string logicalName)
    {
        using var stream = typeof(SqlText).Assembly.GetManifestResourceStream(logicalName)
            ?? throw new ArgumentException($"There is no embedded file '{logicalName}'.", nameof(logicalName));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Logical names of the embedded files below a folder, in ordinal order.</summary>
    public static IReadOnlyList<string> List(string folder) =>
        [.. typeof(SqlText).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
