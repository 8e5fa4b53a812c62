namespace Etl.Loader.Tests;

public class NearestTests
{
    [Theory]
    [InlineData("requue", "requeue")]
    [InlineData("RESUMED", "resume")]
    [InlineData("relaod", "reload")]
    public void It_has_the_fewest_changed_letters(string word, string nearest) => Assert.Equal(nearest, Nearest.To(word, ["reload", "requeue", "resume"]));

    [Theory]
    [InlineData("", "(none)")]
    [InlineData("lake", "lake")]
    [InlineData("lake,warehouse", "lake, warehouse (the nearest is warehouse)")]
    public void It_is_named_where_there_is_a_choice(string known, string offered) =>
        Assert.Equal(offered, Nearest.Among("wherehouse", known.Split(',', StringSplitOptions.RemoveEmptyEntries)));
}
