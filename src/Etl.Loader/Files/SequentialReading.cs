using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Files;

/// <summary>Says to the system that a file is read from front to end, so that it reads ahead.</summary>
internal static class SequentialReading
{
    private const int Sequential = 2;

    public static void Advise(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SystemCalls.Advise(file, 0, 0, Sequential);
        }
    }
}
