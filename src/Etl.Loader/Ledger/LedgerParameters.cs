using Npgsql;
using NpgsqlTypes;

namespace Etl.Loader.Ledger;

/// <summary>Typed parameters that may be null: PostgreSQL must know the type even then.</summary>
internal static class LedgerParameters
{
    public static NpgsqlCommand With(this NpgsqlCommand command, string name, object value)
    {
        command.Parameters.AddWithValue(name, value);
        return command;
    }

    public static NpgsqlCommand WithText(this NpgsqlCommand command, string name, string? value, int maxLength = LedgerWords.MaxError) =>
        command.WithTyped(name, NpgsqlDbType.Text, LedgerWords.Storable(value, maxLength));

    public static NpgsqlCommand WithNumber(this NpgsqlCommand command, string name, long? value) =>
        command.WithTyped(name, NpgsqlDbType.Bigint, value);

    public static NpgsqlCommand WithTime(this NpgsqlCommand command, string name, DateTimeOffset? value) =>
        command.WithTyped(name, NpgsqlDbType.TimestampTz, value?.ToUniversalTime());

    public static NpgsqlCommand WithTexts(this NpgsqlCommand command, string name, IEnumerable<string> values) =>
        command.WithTyped(name, NpgsqlDbType.Array | NpgsqlDbType.Text, values.ToArray());

    private static NpgsqlCommand WithTyped(this NpgsqlCommand command, string name, NpgsqlDbType type, object? value)
    {
        command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        return command;
    }
}
