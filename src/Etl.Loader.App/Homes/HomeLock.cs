using System.Globalization;
using Etl.Loader.App.PrivatePostgres;

namespace Etl.Loader.App.Homes;

/// <summary>One <c>up</c> a home: a lock that the system releases when its holder dies, however it dies.</summary>
internal sealed class HomeLock : IDisposable
{
    private readonly FileStream _file;

    private HomeLock(FileStream file) => _file = file;

    /// <summary>Throws <see cref="LoaderException"/> naming the process that has the home.</summary>
    public static HomeLock Take(HomeLayout home)
    {
        FileStream file;
        try
        {
            file = new FileStream(home.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            throw new LoaderException(
                $"The home {home.Root} is in use by another `up`{Holder(home)}.",
                "Stop that one, or choose another home with --home (and another --port).",
                fault);
        }

        PasswordFile.WritePrivate(home.ProcessIdFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new HomeLock(file);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The locked file itself cannot be read while it is locked.</summary>
    private static string Holder(HomeLayout home) =>
        File.Exists(home.ProcessIdFile) ? $" (process {File.ReadAllText(home.ProcessIdFile)})" : "";
}
