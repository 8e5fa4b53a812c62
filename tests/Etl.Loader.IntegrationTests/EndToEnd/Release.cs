namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>
/// The release that the environment variable <c>ETL_LOADER_TEST_RELEASE</c> names, a directory with what <c>infra/publish</c> made and its content: then the tests'
/// processes are those of the release.
/// </summary>
internal static class Release
{
    public static string? Directory { get; } = Environment.GetEnvironmentVariable("ETL_LOADER_TEST_RELEASE") is { Length: > 0 } given ? given : null;

    public static string? Unpacked { get; } = Directory is null ? null : System.IO.Directory.GetDirectories(Directory, "etl-loader-*-linux-x64").Single();
}
