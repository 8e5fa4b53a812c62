namespace Etl.Loader.Files;

/// <summary>Which rights files of this process do not get when they are made.</summary>
internal static class ProcessMask
{
    private const uint Others = 0b111;

    /// <summary>New files give nothing to users who are neither the owner nor in the group.</summary>
    public static void KeepOthersOut()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SystemCalls.SetMask(SystemCalls.SetMask(Others) | Others);
        }
    }
}
