using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Etl.Loader.Targets.DuckDb.Files;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>
/// The one way to the file in this process. It is open only while a piece of work runs, since an open file shuts out every reader of
/// other processes; work waits its turn here.
/// </summary>
internal sealed partial class Sessions(string target, string path, Settings settings, TimeProvider time)
{
    /// <summary>After this many reader windows of business, the next publish leaves one free.</summary>
    private const int BusyWindows = 4;

    /// <summary>
    /// Only a thread of its own gives freed memory back while threads of ours append: without it a load took 50 to 100 MB more. The progress that is not
    /// printed can be asked for.
    /// </summary>
    private const string SessionSettings =
        """
        SET TimeZone = 'UTC';
        SET enable_external_file_cache = false;
        SET allocator_background_threads = true;
        SET enable_progress_bar = true;
        SET enable_progress_bar_print = false;
        """;

    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// One for each file in the process, whatever opens it: DuckDB keeps an open file once for the whole process, so that whoever opens it second gets the
    /// mode of the first, and a writer beside one that looks could not write.
    /// </summary>
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Turns = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _turn = Turns.GetOrAdd(path, static _ => new(1, 1));
    private readonly PrivateDirectory _spill = settings.SpillDirectory is { } directory ? PrivateDirectory.At(directory) : PrivateDirectory.Of(path);
    private DateTimeOffset _busySince = DateTimeOffset.MinValue;
    private DateTimeOffset _closedAt = DateTimeOffset.MinValue;
    private DateTimeOffset _openFrom = DateTimeOffset.MinValue;

    /// <summary>
    /// Opens the file, runs the work on a thread of its own, closes the file. A file that is missing is away: DuckDB would make an empty one and say nothing.
    /// </summary>
    public Task<T> UseAsync<T>(Func<Session, T> work, CancellationToken token)
    {
        RequireFile();
        return MakeAsync(work, token);
    }

    /// <summary>The same, and makes the file where it is missing.</summary>
    public Task<T> MakeAsync<T>(Func<Session, T> work, CancellationToken token) => UseAsync(work, readOnly: false, settings.LockPatience, null, token);

    /// <summary>
    /// The same for a load that has staged something already: a reader of another process that came in meanwhile is waited for, since beginning again
    /// would cost more.
    /// </summary>
    /// <param name="waits">Receives why it waits, and null when it continues.</param>
    public Task<T> GoOnAsync<T>(Func<Session, T> work, Action<string?> waits, CancellationToken token)
    {
        RequireFile();
        return UseAsync(work, readOnly: false, settings.ReaderPatience, waits, token);
    }

    /// <exception cref="DuckDbUnavailableException">There is no file.</exception>
    public void RequireFile()
    {
        if (!File.Exists(path))
        {
            throw new DuckDbUnavailableException(
                $"Target '{target}' is away: its file {path} is missing.",
                $"Mount or restore it; loads wait and resume automatically. To start with an empty file instead: etl-loader migrate --target {target} --new-file");
        }
    }

    /// <summary>
    /// The same for who does not hold the lane: beside readers of other processes, changing and making nothing. <paramref name="none"/> where
    /// there is no file.
    /// </summary>
    public async Task<T> LookAsync<T>(Func<Session, T> work, T none, CancellationToken token) =>
        File.Exists(path) ? await UseAsync(work, readOnly: true, settings.LockPatience, null, token) : none;

    private async Task<T> UseAsync<T>(
        Func<Session, T> work, bool readOnly, TimeSpan patience, Action<string?>? waits, CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            await LeaveWindowAsync(token);
            await using var connection = await OpenAsync(readOnly, patience, waits, token);
            return await Task.Factory.StartNew(
                () => Run(connection, readOnly, work, token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _closedAt = time.GetUtcNow();
            _turn.Release();
        }
    }

    /// <summary>Removes what dead processes left. Only for the holder of the lane, before it stages anything.</summary>
    public void Clean()
    {
        PrivateDirectory.Of(path).Clean();
        _spill.Clean();
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

    private T Run<T>(DuckDBConnection connection, bool readOnly, Func<Session, T> work, CancellationToken token)
    {
        using var interrupt = token.Register(connection.NativeConnection.Interrupt);
        try
        {
            return work(new Session(connection, Beside, token));
        }
        catch (DuckDbStatementException exception) when (exception.Error == DuckDBErrorType.Interrupt && token.IsCancellationRequested)
        {
            // An appender reports the interrupt as its own error.
            throw new OperationCanceledException("The statement was interrupted.", exception, token);
        }

        void Beside(Action<Session> more, CancellationToken stop)
        {
            using var other = Open(readOnly);
            Run(other, readOnly, session => { more(session); return true; }, stop);
        }
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

    private async Task<DuckDBConnection> OpenAsync(bool readOnly, TimeSpan patience, Action<string?>? waits, CancellationToken token)
    {
        var began = time.GetTimestamp();
        for (var reported = false; ; reported = true)
        {
            try
            {
                var opened = Open(readOnly);
                if (reported)
                {
                    waits?.Invoke(null);
                }

                return opened;
            }
            catch (DuckDBException exception) when (Holder().Match(exception.Message) is { Success: true } holder)
            {
                if (time.GetElapsedTime(began) >= patience)
                {
                    throw new DuckDbUnavailableException(
                        $"Target '{target}': process {holder.Groups[2].Value} ({holder.Groups[1].Value}) has the file {path} open; DuckDB allows "
                        + "either one writer or several readers.",
                        "The lane resumes automatically when that process closes the file.",
                        exception);
                }

                if (!reported)
                {
                    waits?.Invoke($"the file is open in process {holder.Groups[2].Value} ({holder.Groups[1].Value})");
                }
            }
            catch (DuckDBException exception)
            {
                throw new DuckDbUnavailableException(
                    $"Target '{target}': {path} cannot be opened: {ErrorCodes.FirstLines(ErrorCodes.Read(exception).Message)}",
                    "Look at the file and its directory: permissions, free space, whether it is a DuckDB file of a version that this one reads.",
                    exception);
            }

            await Task.Delay(LockPoll, time, token);
        }
    }

    private DuckDBConnection Open(bool readOnly)
    {
        var options = new DuckDBConnectionStringBuilder
        {
            DataSource = path,
            MemoryLimit = settings.MemoryLimit,
            Threads = settings.Threads,
            AutoinstallKnownExtensions = false,
            AutoloadKnownExtensions = false,
            AllowCommunityExtensions = false,
            ErrorsAsJson = true,
        };
        if (readOnly)
        {
            options.AccessMode = DuckDBAccessMode.ReadOnly;
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            options.TempDirectory = _spill.MakeFor("spill");
        }

        var connection = new DuckDBConnection(options.ConnectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = SessionSettings;
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
