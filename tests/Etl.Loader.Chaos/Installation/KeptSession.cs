using Npgsql;

namespace Etl.Loader.Chaos.Installation;

/// <summary>A session that is kept between questions that come many times a second: to make one costs more than they do. After a fault the next question makes another.</summary>
internal sealed class KeptSession(Stand stand, string database) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;

    public async Task<List<object?[]>> RowsAsync(string sql, CancellationToken token)
    {
        try
        {
            _connection ??= await stand.OpenAsync(database, token);
            return await Stand.RowsAsync(_connection, sql, token);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (_connection?.DisposeAsync() ?? ValueTask.CompletedTask);
        _connection = null;
    }
}
