using System.Globalization;
using DuckDB.NET.Data;

namespace Etl.Loader.Tests.Survey.Tolerance;

/// <summary>DuckDB's <c>read_csv</c> with its defaults, on the same files, as the peer to be measured against.</summary>
internal sealed class DuckDbPeer : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public DuckDbPeer() => _connection.Open();

    public void Dispose() => _connection.Dispose();

    public Verdict Judge(PollutedFile polluted, string path)
    {
        try
        {
            using var command = _connection.CreateCommand();
            command.CommandText = $"SELECT * FROM read_csv('{path.Replace("'", "''", StringComparison.Ordinal)}')";
            using var reader = command.ExecuteReader();
            var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
            var rows = new List<string?[]>();
            while (reader.Read())
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? null : Text(reader.GetValue(column)))]);
            }

            // Names are not compared: DuckDB renames empty and repeated ones. Empty texts and nulls count as the same for it.
            var difference = Loading.Compare(polluted with { Names = null, Rows = polluted.Rows is null ? null : [.. polluted.Rows.Select(Plain)] }, names, [.. rows.Select(Plain)]);
            return difference is null ? new(Outcome.Right, "") : new(Outcome.Wrong, difference);
        }
        catch (DuckDBException fault)
        {
            return new(Outcome.Refused, fault.Message);
        }
    }

    private static string?[] Plain(string?[] row) => [.. row.Select(value => value is "" ? null : value)];

    private static string Text(object value) => value switch
    {
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        DateTime moment => moment.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
