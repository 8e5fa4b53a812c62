using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace Etl.Loader.Targets.DuckDb.Files;

/// <summary>
/// The one way to the file in this process. It is open only while a piece of work runs, since an open file shuts out every reader of
/// other processes; work waits its turn here.
/// </summary>
internal sealed partial class DuckDbGate(string target, string path, DuckDbSettings settings, TimeProvider time) : IDisposable
{
    /// <summary>After this many reader windows of business, the next publish leaves one free.</summary>
    private const int BusyWindows = 4;

    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(25);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DateTimeOffset _busySince = DateTimeOffset.MinValue;
    private DateTimeOffset _closedAt = DateTimeOffset.MinValue;
    private DateTimeOffset _openFrom = DateTimeOffset.MinValue;

    /// <summary>Opens the file, runs the work on a thread of its own, closes the file.</summary>
    public async Task<T> UseAsync<T>(Func<DuckDbSession, T> work, CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            await LeaveWindowAsync(token);
            await using var connection = await OpenAsync(token);
            return await Task.Factory.StartNew(
                () => Run(connection, work, token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _closedAt = time.GetUtcNow();
            _turn.Release();
        }
    }

    /// <summary>Says that a load was published: if the file was busy for long, readers get their window before the next work.</summary>
    public void Published()
    {
        var now = time.GetUtcNow();
        if (now - _busySince >= settings.ReaderWindow * BusyWindows)
        {
            _openFrom = now + settings.ReaderWindow;
        }
    }

    public void Dispose() => _turn.Dispose();

    private static T Run<T>(DuckDBConnection connection, Func<DuckDbSession, T> work, CancellationToken token)
    {
        using var interrupt = token.Register(connection.NativeConnection.Interrupt);
        return work(new DuckDbSession(connection, token));
    }

    private async Task LeaveWindowAsync(CancellationToken token)
    {
        var wait = _openFrom - time.GetUtcNow();
        if (wait > TimeSpan.Zero && wait <= settings.ReaderWindow)
        {
            await Task.Delay(wait, time, token);
        }

        if (time.GetUtcNow() - _closedAt >= settings.ReaderWindow)
        {
            _busySince = time.GetUtcNow();
        }
    }

    private async Task<DuckDBConnection> OpenAsync(CancellationToken token)
    {
        var giveUp = time.GetTimestamp();
        while (true)
        {
            try
            {
                return Open();
            }
            catch (DuckDBException exception) when (Holder().Match(exception.Message) is { Success: true } holder)
            {
                if (time.GetElapsedTime(giveUp) >= settings.LockPatience)
                {
                    throw new DuckDbUnavailableException(
                        $"Target '{target}': process {holder.Groups[2].Value} ({holder.Groups[1].Value}) has the file {path} open; DuckDB lets "
                        + "either one writer or several readers in.",
                        "The lane goes on by itself when that process closes the file.",
                        exception);
                }
            }
            catch (DuckDBException exception)
            {
                throw new DuckDbUnavailableException(
                    $"Target '{target}': {path} cannot be opened: {DuckDbErrors.FirstLines(DuckDbErrors.Read(exception).Message)}",
                    "Look at the file and its directory: permissions, free space, whether it is a DuckDB file of a version that this one reads.",
                    exception);
            }

            await Task.Delay(LockPoll, time, token);
        }
    }

    private DuckDBConnection Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var connection = new DuckDBConnection(new DuckDBConnectionStringBuilder
        {
            DataSource = path,
            MemoryLimit = settings.MemoryLimit,
            Threads = Environment.ProcessorCount,
            TempDirectory = PrivateDirectory.Of(path).MakeFor("spill"),
            AutoinstallKnownExtensions = false,
            AutoloadKnownExtensions = false,
            AllowCommunityExtensions = false,
            ErrorsAsJson = true,
        }.ConnectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SET TimeZone = 'UTC'; SET enable_external_file_cache = false; SET enable_progress_bar = true; SET enable_progress_bar_print = false";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // DuckDB gives the holder in the text alone; the text decides only what people are told, and whether it is worth waiting a moment.
    [GeneratedRegex(@"lock is held in (.+?) \(PID (\d+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Holder();
}
