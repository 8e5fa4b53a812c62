using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Files;

/// <summary>A path that leads to what is open, for programs and calls that take only paths. It has no character that means something to any of them.</summary>
internal static class HandlePath
{
    /// <summary>Valid in this process while the handle is open. Linux only.</summary>
    public static string Of(SafeFileHandle open) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{open.DangerousGetHandle()}");

    /// <summary>The same; elsewhere the file's own path, unless a reader would take it for a pattern. Throws <see cref="LoaderException"/> then.</summary>
    public static string Of(SafeFileHandle open, string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return Of(open);
        }

        return path.AsSpan().IndexOfAny("*?[=") < 0 ? path : throw new LoaderException(
            $"{path} has one of * ? [ = in its name, which would be read as a pattern.", "Deliver it under another name, or run the loader on Linux.");
    }
}
