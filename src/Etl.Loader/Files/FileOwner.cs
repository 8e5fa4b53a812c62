using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Files;

/// <summary>Whose an open file is.</summary>
internal static class FileOwner
{
    /// <summary>Gives it to a user by number; only root may.</summary>
    public static void Give(SafeFileHandle open, uint user, uint group)
    {
        if (SystemCalls.ChangeOwner(open, user, group) != 0)
        {
            throw Errno.ToException(Marshal.GetLastPInvokeError(), "the file");
        }
    }
}
