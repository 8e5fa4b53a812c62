using System.Data.Common;
using Etl.Loader.Chaos.Workload;

namespace Etl.Loader.Chaos.Verdict;

/// <summary>Holds a table, row by row, against the deliveries that it must be made of.</summary>
/// <param name="at">To which moment a finding is counted.</param>
internal sealed class TableCheck(string target, string table, DateTimeOffset? at, Func<Delivery, string> states, Findings findings)
{
    /// <summary>The rows that were compared.</summary>
    public async Task<long> RunAsync(DbConnection connection, IReadOnlyList<Delivery> deliveries, CancellationToken token)
    {
        var rows = 0L;
        using var expected = deliveries.OrderBy(d => d.Number).SelectMany(d => Enumerable.Range(1, d.Rows).Select(row => (Delivery: d, Row: row))).GetEnumerator();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT delivery, row_no, row_count, payload FROM {table} ORDER BY delivery, row_no";
        try
        {
            await using var reader = await command.ExecuteReaderAsync(token);
            while (await reader.ReadAsync(token))
            {
                var (delivery, row) = (reader.GetInt64(0), reader.GetInt64(1));
                if (!expected.MoveNext())
                {
                    Say(Harm.Doubled, $"has row {row} of delivery {delivery} after its last expected row");
                    return rows;
                }

                var (wanted, wantedRow) = expected.Current;
                if (delivery != wanted.Number || row != wantedRow || reader.GetInt64(2) != wanted.Rows || reader.GetString(3) != wanted.Payload(wantedRow))
                {
                    var before = delivery < wanted.Number || (delivery == wanted.Number && row < wantedRow);
                    Say(
                        before && deliveries.Any(d => d.Number == delivery) ? Harm.Doubled : Harm.Lost,
                        $"has row {row} of delivery {delivery} where row {wantedRow} of delivery {wanted.Number} belongs ({states(wanted)})");
                    return rows;
                }

                rows++;
            }
        }
        catch (DbException missing)
        {
            Say(Harm.Lost, $"cannot be read: {missing.Message} ({states(deliveries[^1])})");
            return rows;
        }

        if (expected.MoveNext())
        {
            Say(Harm.Lost, $"lacks row {expected.Current.Row} of delivery {expected.Current.Delivery.Number} ({states(expected.Current.Delivery)})");
        }

        return rows;
    }

    private void Say(Harm harm, string what) => findings.Add(harm, $"{target} table {table} {what}", at);
}
