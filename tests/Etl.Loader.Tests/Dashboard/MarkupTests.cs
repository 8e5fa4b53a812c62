using Etl.Loader.Dashboard.Pages;

namespace Etl.Loader.Tests.Dashboard;

public class MarkupTests
{
    [Fact]
    public void What_people_and_files_named_never_becomes_markup()
    {
        const string named = "<script>alert('x')</script>\" onclick=\"y";
        var cell = Markup.Of($"<td title=\"{named}\">{named}</td>");
        Assert.Equal(
            "<td title=\"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onclick=&quot;y\">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onclick=&quot;y</td>",
            cell.ToString());
        Assert.Equal($"<tr>{cell}</tr>", Markup.Of($"<tr>{cell}</tr>").ToString());
    }
}
