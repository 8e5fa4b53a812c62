using System.Threading.Channels;
using Etl.Loader.Survey;
using Etl.Loader.Targets.PostgreSql.Staging.Copy;
using Etl.Loader.Targets.Staging;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>
/// Records into one COPY: reading and encoding continue while the previous buffer is sent, so that both this process and the server always
/// have work. Memory is a few buffers, whatever the file's size and however many COPYs follow one another.
/// </summary>
internal sealed class CopyPipeline(IReadOnlyList<TargetColumn> columns)
{
    /// <summary>The server takes a message whole before it looks at the first row: small enough to be still in its processor's cache then.</summary>
    private const int BufferBytes = 128 << 10;

    /// <summary>Kept below the buffer, so that a row seldom makes it grow.</summary>
    private const int SendFrom = BufferBytes - (16 << 10);

    private const int Buffers = 16;

    /// <summary>A small dataset needs one buffer, and not a large one.</summary>
    private const int FirstBytes = 16 << 10;

    private readonly Channel<byte[]> _free = Channel.CreateBounded<byte[]>(Buffers);
    private readonly RecordBatch _batch = new();
    private int _made;

    /// <summary>
    /// Copies all parts that the source gives, one run after the other. The caller's transaction decides whether they stay. After a fault it is of no use.
    /// </summary>
    public async Task RunAsync(WriteTransaction session, string copy, IPartSource source, RejectList rejects, CancellationToken token)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var filled = Channel.CreateBounded<ArraySegment<byte>>(Buffers);
        var encoding = Task.Run(() => EncodeAsync(source, rejects, filled.Writer, stop.Token), CancellationToken.None);
        try
        {
            await SendAsync(session, copy, filled.Reader, _free.Writer, stop.Token);
        }
        catch
        {
            await stop.CancelAsync();
            await EndedAsync(encoding);
            throw;
        }

        await encoding;
    }

    private async Task EncodeAsync(IPartSource source, RejectList rejects, ChannelWriter<ArraySegment<byte>> filled, CancellationToken token)
    {
        try
        {
            var encoder = new RowEncoder(columns, await NextAsync(_made == 0 ? FirstBytes : BufferBytes, token));
            encoder.WriteHeader();
            while (await source.NextAsync(token) is { } part)
            {
                await EncodeAsync(part, source, rejects, encoder, filled, token);
            }

            encoder.WriteTrailer();
            await filled.WriteAsync(encoder.Take([]), token);
            filled.Complete();
        }
        catch (Exception exception)
        {
            filled.Complete(exception);
            throw;
        }
    }

    private async Task EncodeAsync(
        DatasetPart part, IPartSource source, RejectList rejects, RowEncoder encoder, ChannelWriter<ArraySegment<byte>> filled, CancellationToken token)
    {
        using var reader = part.Open();
        long rows = 0, rejected = rejects.Records.Count;
        while (reader.Read(_batch))
        {
            token.ThrowIfCancellationRequested();
            for (var row = 0; row < _batch.Rows; row++)
            {
                if (encoder.TryWrite(_batch, row) is var failed and >= 0)
                {
                    Reject(reader, rejects, row, columns[failed]);
                    continue;
                }

                rows++;
                if (encoder.Length >= SendFrom)
                {
                    await filled.WriteAsync(encoder.Take(await NextAsync(BufferBytes, token)), token);
                }
            }

            source.Encoded(part, rows, _batch.BytesRead);
        }

        foreach (var damaged in reader.Rejects)
        {
            rejects.Add(damaged);
        }

        source.Ended(part, rows, rejects.Records.Count - rejected);
    }

    /// <summary>A buffer that was sent; otherwise a new one, while there are fewer than <see cref="Buffers"/>.</summary>
    private ValueTask<byte[]> NextAsync(int bytes, CancellationToken token)
    {
        if (_free.Reader.TryRead(out var sent))
        {
            return ValueTask.FromResult(sent);
        }

        if (_made == Buffers)
        {
            return _free.Reader.ReadAsync(token);
        }

        _made++;
        return ValueTask.FromResult(GC.AllocateUninitializedArray<byte>(bytes));
    }

    private static async Task SendAsync(
        WriteTransaction session, string copy, ChannelReader<ArraySegment<byte>> filled, ChannelWriter<byte[]> free, CancellationToken token)
    {
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(token);
        var stream = await session.AnswerAsync(session.Connection.BeginRawBinaryCopyAsync(copy, token), token);
        try
        {
            await foreach (var buffer in filled.ReadAllAsync(token))
            {
                await session.SendAsync(stream, buffer, sending);
                free.TryWrite(buffer.Array!);
            }
        }
        catch
        {
            await CancelAsync(session, stream);
            throw;
        }

        // Disposing is what completes a COPY; it cannot be cancelled, so that a dead connection has to be found out even by one who wants to stop.
        await session.AnswerAsync(stream.DisposeAsync().AsTask(), CancellationToken.None);
    }

    /// <summary>Ends the COPY as failed; the caller throws what brought it here, and the server undoes it in any case.</summary>
    private static async Task CancelAsync(WriteTransaction session, NpgsqlRawCopyStream stream)
    {
        try
        {
            await session.AnswerAsync(stream.CancelAsync(), CancellationToken.None);
        }
        catch (Exception exception) when (exception is NpgsqlException || Faults.IsLostSession(exception))
        {
            // The COPY or its session had ended already.
        }
    }

    private void Reject(IRecordReader reader, RejectList rejects, int row, TargetColumn column)
    {
        var reason = rejects.Reason(column, _batch.Value(row, column.Ordinal));
        rejects.Add(reader.Reject(_batch, row, column.SourceName, reason), column);
    }

    /// <summary>Waits until the encoder no longer uses its reader; why it ended was reported through the sending side.</summary>
    private static async Task EndedAsync(Task encoding) => await encoding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
