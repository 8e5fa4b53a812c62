using System.Collections.Concurrent;
using System.Threading.Channels;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>
/// Reads files that can only be read from their start on a thread of its own, and cuts them into parts of records that several threads work
/// on. Where a part ends depends on the bytes alone, so that a later reading finds the same ones. Memory is bounded by the parts ahead.
/// </summary>
internal sealed class PartFeed : IDatasetParts
{
    private readonly Channel<DatasetPart> _ahead;
    private readonly ConcurrentBag<RecordBatch> _spare = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private readonly long _partBytes;
    private readonly LoadedParts _loaded;

    /// <param name="open">Opens the file of this number.</param>
    public PartFeed(int files, Func<int, DelimitedRecordReader> open, int ahead, ScanOptions options, LoadedParts loaded)
    {
        (_partBytes, _loaded) = (options.PartBytes, loaded);
        _ahead = Channel.CreateBounded<DatasetPart>(Math.Max(1, ahead));
        _reading = Task.Factory.StartNew(
            () => ReadAsync(files, open), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    public async ValueTask<DatasetPart?> TakeAsync(CancellationToken token)
    {
        while (await _ahead.Reader.WaitToReadAsync(token))
        {
            if (_ahead.Reader.TryRead(out var part))
            {
                return part;
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync(int files, Func<int, DelimitedRecordReader> open)
    {
        try
        {
            for (var file = 0; file < files; file++)
            {
                using var reader = open(file);
                while (Next(file, reader) is { } part)
                {
                    await _ahead.Writer.WriteAsync(part, _stop.Token);
                }
            }

            _ahead.Writer.Complete();
        }
        catch (Exception exception)
        {
            // Thrown where a part is asked for; when no one asks any more it was only stopped.
            _ahead.Writer.Complete(exception);
        }
    }

    private DatasetPart? Next(int file, DelimitedRecordReader reader)
    {
        var (offset, start) = (reader.NextOffset, reader.BytesRead);
        if (_loaded.Find(file, offset) is { } known)
        {
            reader.Skip(known.Bytes, known.Rows, _stop.Token);
            return Part([], []);
        }

        var batches = new List<RecordBatch>();
        while (reader.NextOffset - offset < _partBytes)
        {
            _stop.Token.ThrowIfCancellationRequested();
            var batch = _spare.TryTake(out var spare) ? spare : new RecordBatch();
            if (!reader.Read(batch))
            {
                break;
            }

            batches.Add(batch);
        }

        if (reader.NextOffset == offset)
        {
            return null;
        }

        return Part(batches, reader.TakeRejects());

        DatasetPart Part(List<RecordBatch> batches, IReadOnlyList<RejectedRecord> damaged) => new(
            file, offset, start, reader.BytesRead - start, reader.FinishHash(), () => new PartReader(reader, batches, damaged, _spare));
    }
}

/// <summary>The records of one part, which were taken apart already.</summary>
internal sealed class PartReader(
    DelimitedRecordReader source, List<RecordBatch> batches, IReadOnlyList<RejectedRecord> rejects, ConcurrentBag<RecordBatch> spare) : IRecordReader
{
    private int _next;

    public IReadOnlyList<RejectedRecord> Rejects => rejects;

    public bool Read(RecordBatch batch)
    {
        if (_next == batches.Count)
        {
            return false;
        }

        batch.Swap(batches[_next++]);
        return true;
    }

    /// <summary>Needs nothing of the source but its dialect, which does not change: the source may be far ahead.</summary>
    public RejectedRecord Reject(RecordBatch batch, int row, string? column, string reason) => source.Reject(batch, row, column, reason);

    public void Dispose()
    {
        foreach (var batch in batches)
        {
            spare.Add(batch);
        }

        batches.Clear();
    }
}
