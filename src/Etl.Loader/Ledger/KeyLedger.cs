using Npgsql;

namespace Etl.Loader.Ledger;

/// <summary>
/// The keys by which the processes of an installation accept each other's logins, as XML that only the framework reads. The framework asks
/// synchronously, seldom, and keeps what it read.
/// </summary>
internal sealed class KeyLedger(QueueDatabase database)
{
    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/keys.sql");

    public IReadOnlyList<string> Read()
    {
        using var connection = database.Source.OpenConnection();
        using var command = new NpgsqlCommand(Sql["read_keys"], connection);
        using var reader = command.ExecuteReader();
        var elements = new List<string>();
        while (reader.Read())
        {
            elements.Add(reader.GetString(0));
        }

        return elements;
    }

    /// <summary>Stores an element; a key is left out where another process made one within the last hour, which serves both.</summary>
    public void Store(string name, string element, bool isKey)
    {
        using var connection = database.Source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        using (var exclusive = new NpgsqlCommand(Sql["lock_keys"], connection, transaction))
        {
            exclusive.ExecuteNonQuery();
        }

        using (var command = new NpgsqlCommand(Sql[isKey ? "store_key" : "store_element"], connection, transaction))
        {
            command.WithText("name", name).WithText("element", element, int.MaxValue).ExecuteNonQuery();
        }

        transaction.Commit();
    }
}
