using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Ledger;

public class LedgerWordsTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("nul \0 here", "nul \uFFFD here")]
    [InlineData("whole 😀 pair", "whole 😀 pair")]
    public void Text_becomes_storable(string text, string stored) => Assert.Equal(stored, LedgerWords.Storable(text));

    [Fact]
    public void Half_a_pair_is_replaced()
    {
        Assert.Equal("a\uFFFDb", LedgerWords.Storable("a" + (char)0xD83D + "b"));
        Assert.Equal("a\uFFFDb", LedgerWords.Storable("a" + (char)0xDE00 + "b"));
    }

    [Fact]
    public void Text_is_cut_without_leaving_half_a_pair()
    {
        Assert.Equal("ab", LedgerWords.Storable("abc", 2));
        Assert.Equal("a\uFFFD", LedgerWords.Storable("a😀", 2));
    }

    [Fact]
    public void The_stored_words_are_the_promised_ones()
    {
        Assert.Equal(["queued", "loading", "retrying", "loaded", "failed", "cancelled", "superseded"], Enum.GetValues<LoadStatus>().Select(s => s.Word()));
        Assert.Equal(["accepted", "surveying", "staging", "staged", "publishing", "published"], Enum.GetValues<LoadStage>().Select(s => s.Word()));
    }
}
