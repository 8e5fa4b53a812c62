using Etl.Loader.App;
using Etl.Loader.Dashboard.Access;

namespace Etl.Loader.Tests.App;

public class HashPasswordTests
{
    [Fact]
    public async Task The_hash_of_what_is_piped_in_is_printed_and_nothing_else()
    {
        var verb = new VerbRun { Input = "correct horse\nrest\n" };
        Assert.Equal(ExitCodes.Done, await verb.RunAsync("hash-password"));
        var printed = verb.Printed.TrimEnd();
        Assert.True(Passwords.Verify(new UserOptions { PasswordHash = printed }, "correct horse"));
        Assert.DoesNotContain("correct", verb.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_password_is_refused_and_not_repeated()
    {
        var verb = new VerbRun { Input = "sw0rd\n" };
        Assert.Equal(ExitCodes.Usage, await verb.RunAsync("hash-password"));
        Assert.Contains("at least 10", verb.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("sw0rd", verb.Errors + verb.Printed, StringComparison.Ordinal);
    }
}
