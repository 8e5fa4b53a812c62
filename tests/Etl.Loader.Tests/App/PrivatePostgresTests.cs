using Etl.Loader.App.Commands;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.PrivatePostgres;

namespace Etl.Loader.Tests.App;

public class PrivatePostgresTests
{
    [Theory]
    [InlineData("postgres (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)", 15)]
    [InlineData("postgres (PostgreSQL) 18devel", 18)]
    [InlineData("command not found", null)]
    public void The_major_version_is_read_from_what_the_server_prints(string printed, int? major) =>
        Assert.Equal(major, PostgresBinaries.ParseMajor(printed));

    [Fact]
    public void A_socket_directory_beyond_the_systems_limit_is_left_out()
    {
        var near = ClusterSettings.Write(20001, "/h/postgres/socket", 1 << 30, new Dictionary<string, string>());
        var far = ClusterSettings.Write(20001, "/" + new string('h', 100), 1 << 30, new Dictionary<string, string>());

        Assert.Contains("unix_socket_directories = '/h/postgres/socket'", near, StringComparison.Ordinal);
        Assert.Contains("unix_socket_directories = ''", far, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_are_quoted_and_extra_ones_win()
    {
        var settings = ClusterSettings.Write(20001, "/it's", 1 << 30, new Dictionary<string, string> { ["fsync"] = "off" });

        Assert.Contains("unix_socket_directories = '/it''s'", settings, StringComparison.Ordinal);
        Assert.Contains("fsync = 'off'", settings, StringComparison.Ordinal);
        Assert.DoesNotContain("fsync = 'on'", settings, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("2h", 7200)]
    [InlineData("45", 45)]
    [InlineData("0.5s", 0.5)]
    public void Times_are_read_with_their_unit(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5x")]
    [InlineData("99999d")]
    public void What_is_not_a_time_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));
}
