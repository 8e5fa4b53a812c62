namespace Etl.Loader.Dashboard;

/// <summary>The files below <c>Assets</c>, as text.</summary>
internal static class Assets
{
    public static string Text(string file)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream($"Etl.Loader.Dashboard.Assets.{file}")
            ?? throw new ArgumentException($"There is no embedded file '{file}'.", nameof(file));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
