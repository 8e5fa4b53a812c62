using System.Runtime.InteropServices;

namespace Etl.Loader.Benchmarks.Source;

/// <summary>
/// A file that is made while it is read, is on no disk, comes through at a limited rate, and counts what is read of it: a FUSE file system that
/// consists of the one file and is mounted over an empty file. To everyone it looks like any other regular file.
/// </summary>
internal sealed partial class ThrottledSource : IDisposable
{
    private const string Device = "/dev/fuse";
    private const int Interrupted = 4;
    private const int ReadWriteCloseOnExec = 0x80002;
    private const ulong ReadOnlyWithoutPrograms = 0x1 | 0x2 | 0x4 | 0x8;
    private const int Detach = 2;

    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _threads;
    private readonly string _path;
    private readonly int _device;
    private readonly BlockCache _blocks;
    private readonly Throttle _throttle;
    private readonly FuseRequests _requests;
    private long _bytesRead;

    private ThrottledSource(LineitemFile file, string path, double bytesPerSecond)
    {
        _path = path;
        _blocks = new BlockCache(file);
        _throttle = new Throttle(bytesPerSecond);
        _requests = new FuseRequests(file.Length, Read);
        _device = Open(Device, ReadWriteCloseOnExec);
        if (_device < 0)
        {
            throw Fault($"{Device} cannot be opened");
        }

        File.WriteAllText(path, "");
        var options = $"fd={_device},rootmode=100444,user_id=0,group_id=0,allow_other,default_permissions";
        if (Mount("etl-loader-bench", path, "fuse", ReadOnlyWithoutPrograms, options) != 0)
        {
            var fault = Fault($"{path} cannot be mounted over");
            _ = Close(_device);
            throw fault;
        }

        _threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(Serve) { IsBackground = true, Name = "throttled source" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>What keeps this machine from having one; null when nothing does.</summary>
    public static string? Obstacle =>
        !Environment.IsPrivilegedProcess ? "it needs root, to mount a file system of its own." : File.Exists(Device) ? null : $"this kernel has no {Device}.";

    /// <summary>Of the file, by everyone since it was mounted or since <see cref="Forget"/>.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <param name="file">What is in it.</param>
    /// <param name="path">Made, or overlaid.</param>
    public static ThrottledSource Mount(LineitemFile file, string path, double bytesPerSecond) => new(file, path, bytesPerSecond);

    public void Forget() => Interlocked.Exchange(ref _bytesRead, 0);

    /// <summary>No one should read any more; who does gets an error.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _ = Unmount(_path, Detach);
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _ = Close(_device);
        _stop.Dispose();
        File.Delete(_path);
    }

    private int Read(long offset, Span<byte> target)
    {
        var length = _blocks.Read(offset, target);
        _throttle.Pass(length, _stop.Token);
        Interlocked.Add(ref _bytesRead, length);
        return length;
    }

    /// <summary>Until the file system is unmounted.</summary>
    private void Serve()
    {
        var request = new byte[(64 << 10) + 4096];
        var answer = new byte[FuseRequests.AnswerHeader + FuseRequests.LargestRead];
        while (true)
        {
            var length = Read(_device, request, request.Length);
            if (length < 0 && Marshal.GetLastPInvokeError() == Interrupted)
            {
                continue;
            }

            if (length <= 0)
            {
                return;
            }

            var answered = _requests.Answer(request.AsSpan(0, (int)length), answer);
            if (answered > 0)
            {
                // A request that was interrupted meanwhile has no use for it.
                _ = Write(_device, answer, answered);
            }
        }
    }

    private static IOException Fault(string what) => new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int file, byte[] buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int file, byte[] buffer, nint length);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, ulong flags, string options);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
