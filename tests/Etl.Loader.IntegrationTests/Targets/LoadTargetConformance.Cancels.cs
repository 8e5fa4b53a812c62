using System.Collections;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets;

/// <summary>A cancel ends the encoding of rows and the writing of rejects, at whatever moment it comes.</summary>
public abstract partial class LoadTargetConformance
{
    /// <summary>About what a second's work is, so that a busy machine makes no difference.</summary>
    private const int RowsOfASecond = 1_000_000;

    private const int Batch = 1000;

    [Theory]
    [InlineData("17", 0)]
    [InlineData("17", 50_000_000)]
    [InlineData("no number", 0)]
    [InlineData("no number", 50_000_000)]
    public async Task A_staging_ends_within_a_second_of_its_cancel(string value, int chunkRows)
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        for (var time = 0; time < 3; time++)
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var moment = Random.Shared.Next(1, 100_000);
            var (given, after) = (0, 0);
            var dataset = new MemoryDataset([new TargetColumn(0, "id", "id", new ColumnType(TypeKind.BigInt))], new SameRows([value], int.MaxValue))
            {
                ChunkRows = chunkRows,
                BatchRows = Batch,
                BeforeRow = row =>
                {
                    if (Interlocked.Increment(ref given) == moment)
                    {
                        // Its callbacks run elsewhere: this thread is one that the cancel is to stop.
                        _ = cancel.CancelAsync();
                    }
                    else if (cancel.IsCancellationRequested)
                    {
                        Interlocked.Increment(ref after);
                    }
                },
            };
            var request = Staging(target, epoch, "endless", dataset, rejectsMax: long.MaxValue, sha256: "0");
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => target.StageAsync(request, new Progress<StageProgress>(), cancel.Token).WaitAsync(TimeSpan.FromMinutes(2), Token));

            Assert.InRange(after, 0, RowsOfASecond);
        }
    }

    [Fact]
    public async Task A_load_that_is_cancelled_while_it_writes_rejects_ends_and_keeps_none()
    {
        const int Rows = 300_000;
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var given = 0;
        var dataset = new MemoryDataset([new TargetColumn(0, "id", "id", new ColumnType(TypeKind.BigInt))], new SameRows(["no number"], Rows))
        {
            BatchRows = Batch,
            BeforeRow = _ =>
            {
                if (Interlocked.Increment(ref given) == Rows)
                {
                    // What follows the last row is the writing of all these rejects.
                    cancel.CancelAfter(Random.Shared.Next(1, 50));
                }
            },
        };
        var request = Staging(target, epoch, "rejected", dataset, rejectsMax: long.MaxValue, sha256: "0");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () =>
            {
                // With the rows, or with the publish where nothing of the load is kept before.
                await using var staged = await target.StageAsync(request, new Progress<StageProgress>(), cancel.Token).WaitAsync(TimeSpan.FromMinutes(2), Token);
                await staged.PublishAsync(Publishing(request, staged, ++_sequence), cancel.Token).WaitAsync(TimeSpan.FromMinutes(2), Token);
            });
        Assert.Equal(Rows, given);
        Assert.Equal("0", await ScalarAsync("SELECT CAST(count(*) AS VARCHAR) FROM etl_loader.rejects"));
    }

    /// <summary>One row, as often as it is asked for.</summary>
    private sealed class SameRows(string?[] row, int count) : IReadOnlyList<string?[]>
    {
        public int Count => count;

        public string?[] this[int index] => row;

        public IEnumerator<string?[]> GetEnumerator() => Enumerable.Repeat(row, count).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
