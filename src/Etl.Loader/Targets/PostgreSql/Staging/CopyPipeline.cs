using System.Threading.Channels;
using Etl.Loader.Survey;
using Etl.Loader.Targets.PostgreSql.Copy;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>
/// Records into one COPY: reading and encoding go on while the previous buffer is sent, so that both this process and the server always
/// have work. Memory is a few buffers, whatever the file's size.
/// </summary>
internal sealed class CopyPipeline(IReadOnlyList<TargetColumn> columns, RejectList rejects)
{
    /// <summary>The server takes a message whole before it looks at the first row: small enough to be still in its processor's cache then.</summary>
    private const int BufferBytes = 128 << 10;

    /// <summary>Kept below the buffer, so that a row seldom makes it grow.</summary>
    private const int SendFrom = BufferBytes - (16 << 10);

    private const int Buffers = 16;

    /// <summary>A small dataset needs one buffer, and not a large one.</summary>
    private const int FirstBytes = 16 << 10;

    private int _made = 1;

    /// <summary>Copies all parts that the source gives. The caller's transaction decides whether they stay.</summary>
    public async Task RunAsync(WriteTransaction session, string copy, ICopySource source, CancellationToken token)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var filled = Channel.CreateBounded<ArraySegment<byte>>(Buffers);
        var free = Channel.CreateBounded<byte[]>(Buffers);
        var encoding = Task.Run(() => EncodeAsync(source, filled.Writer, free.Reader, stop.Token), CancellationToken.None);
        try
        {
            await SendAsync(session, copy, filled.Reader, free.Writer, stop.Token);
        }
        catch
        {
            await stop.CancelAsync();
            await EndedAsync(encoding);
            throw;
        }

        await encoding;
    }

    private async Task EncodeAsync(
        ICopySource source, ChannelWriter<ArraySegment<byte>> filled, ChannelReader<byte[]> free, CancellationToken token)
    {
        try
        {
            var batch = new RecordBatch();
            var encoder = new RowEncoder(columns, GC.AllocateUninitializedArray<byte>(FirstBytes));
            encoder.WriteHeader();
            while (await source.NextAsync(token) is { } part)
            {
                await EncodeAsync(part, source, batch, encoder, filled, free, token);
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
        DatasetPart part,
        ICopySource source,
        RecordBatch batch,
        RowEncoder encoder,
        ChannelWriter<ArraySegment<byte>> filled,
        ChannelReader<byte[]> free,
        CancellationToken token)
    {
        using var reader = part.Open();
        long rows = 0, rejected = rejects.Records.Count;
        while (reader.Read(batch))
        {
            token.ThrowIfCancellationRequested();
            for (var row = 0; row < batch.Rows; row++)
            {
                if (encoder.TryWrite(batch, row) is var failed and >= 0)
                {
                    Reject(reader, batch, row, columns[failed]);
                    continue;
                }

                rows++;
                if (encoder.Length >= SendFrom)
                {
                    await filled.WriteAsync(encoder.Take(await NextAsync(free, token)), token);
                }
            }

            source.Encoded(part, rows, batch.BytesRead);
        }

        foreach (var damaged in reader.Rejects)
        {
            rejects.Add(damaged);
        }

        source.Ended(part, rows, rejects.Records.Count - rejected);
    }

    /// <summary>A buffer that was sent; else a new one, while there are fewer than <see cref="Buffers"/>.</summary>
    private ValueTask<byte[]> NextAsync(ChannelReader<byte[]> free, CancellationToken token)
    {
        if (free.TryRead(out var sent))
        {
            return ValueTask.FromResult(sent);
        }

        if (_made == Buffers)
        {
            return free.ReadAsync(token);
        }

        _made++;
        return ValueTask.FromResult(GC.AllocateUninitializedArray<byte>(BufferBytes));
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

        // Disposing is what completes a COPY; it cannot be cancelled, so that a dead line has to be found out even by one who wants to stop.
        await session.AnswerAsync(stream.DisposeAsync().AsTask(), CancellationToken.None);
    }

    /// <summary>Ends the COPY as failed; the caller throws what brought it here, and the server undoes it in any case.</summary>
    private static async Task CancelAsync(WriteTransaction session, NpgsqlRawCopyStream stream)
    {
        try
        {
            await session.AnswerAsync(stream.CancelAsync(), CancellationToken.None);
        }
        catch (Exception exception) when (exception is NpgsqlException || PostgreSqlFaults.IsLostSession(exception))
        {
            // The COPY or its session had ended already.
        }
    }

    private void Reject(IRecordReader reader, RecordBatch batch, int row, TargetColumn column)
    {
        var reason = RejectList.Reason(column, batch.Value(row, column.Ordinal));
        rejects.Add(reader.Reject(batch, row, column.SourceName, reason), column);
    }

    /// <summary>Waits until the encoder no longer uses its reader; why it ended was told through the sending side.</summary>
    private static async Task EndedAsync(Task encoding) => await encoding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}

/// <summary>What one COPY takes its rows from, and tells how far it is. Called by one thread at a time.</summary>
internal interface ICopySource
{
    /// <summary>The next part for this COPY; null: it is complete.</summary>
    ValueTask<DatasetPart?> NextAsync(CancellationToken token);

    /// <param name="rows">Rows of the part encoded so far.</param>
    /// <param name="position">Delivered bytes of its file read so far.</param>
    void Encoded(DatasetPart part, long rows, long position);

    void Ended(DatasetPart part, long rows, long rejected);
}
