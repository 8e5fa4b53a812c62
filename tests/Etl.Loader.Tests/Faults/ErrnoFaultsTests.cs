using System.Net.Sockets;
using Etl.Loader.Faults;

namespace Etl.Loader.Tests.Faults;

/// <summary>Each row of the table of errno, and where .NET keeps the number.</summary>
public class ErrnoFaultsTests
{
    public static TheoryData<int, string> Rows => new()
    {
        { 1, "Outage" }, { 2, "Outage" }, { 5, "Outage" }, { 6, "Outage" }, { 13, "Outage" }, { 19, "Outage" }, { 28, "Outage" }, { 30, "Outage" }, { 32, "Outage" },
        { 67, "Outage" }, { 99, "Outage" }, { 100, "Outage" }, { 101, "Outage" }, { 102, "Outage" }, { 103, "Outage" }, { 104, "Outage" }, { 107, "Outage" }, { 108, "Outage" },
        { 110, "Outage" }, { 111, "Outage" }, { 112, "Outage" }, { 113, "Outage" }, { 116, "Outage" }, { 121, "Outage" }, { 122, "Outage" },
        { 11001, "Outage" }, { 11002, "Outage" }, { 11003, "Outage" }, { 11004, "Outage" },
        { 4, "Transient" }, { 11, "Transient" }, { 12, "Transient" }, { 16, "Transient" }, { 23, "Transient" }, { 24, "Transient" }, { 105, "Transient" },
        { 20, "Data" }, { 21, "Data" }, { 27, "Data" }, { 36, "Data" }, { 40, "Data" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_errno_says_what_the_fault_means(int errno, string kind)
    {
        var row = ErrnoFaults.Find(new IOException("message", errno))!.Value.Row;
        Assert.Equal(Enum.Parse<FaultKind>(kind), row.Kind);
        Assert.Equal(errno is 28 or 122, row.Full);
    }

    [Fact]
    public void Every_row_is_tested() => Assert.Equal(ErrnoFaults.Table.Keys.Order(), Rows.Select(row => row.Data.Item1).Order());

    [Fact]
    public void Exceptions_without_a_number_of_their_own_have_that_of_their_type()
    {
        Assert.Equal("not there", ErrnoFaults.Find(new FileNotFoundException())!.Value.Words);
        Assert.Equal("not there", ErrnoFaults.Find(new DirectoryNotFoundException())!.Value.Words);
        Assert.Equal("permission denied", ErrnoFaults.Find(new UnauthorizedAccessException())!.Value.Words);
        Assert.Equal("mounted read-only", ErrnoFaults.Find(new UnauthorizedAccessException("no", new IOException("read-only", 30)))!.Value.Words);
        Assert.Equal("name too long", ErrnoFaults.Find(new PathTooLongException())!.Value.Words);
        Assert.Equal("connection refused", ErrnoFaults.Find(new SocketException((int)SocketError.ConnectionRefused))!.Value.Words);
        Assert.Equal("connection refused", ErrnoFaults.Find(new SocketException(111))!.Value.Words);
    }

    /// <remarks>By the system itself: a file that no one made, a directory that is opened as a file.</remarks>
    [Fact]
    public void What_the_system_throws_carries_its_number()
    {
        var missing = Assert.ThrowsAny<IOException>(() => File.ReadAllText(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())));
        Assert.Equal("not there", ErrnoFaults.Find(missing)!.Value.Words);
        var full = Assert.ThrowsAny<IOException>(() =>
        {
            using var device = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
            device.WriteByte(1);
            device.Flush();
        });
        Assert.True(ErrnoFaults.Find(full)!.Value.Row.Full);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    public void A_number_in_no_table_is_not_known(int errno) => Assert.Null(ErrnoFaults.Find(new IOException("message", errno)));

    [Fact]
    public void Without_a_number_nothing_is_known()
    {
        Assert.Null(ErrnoFaults.Find(new IOException("message")));
        Assert.Null(ErrnoFaults.Find(new InvalidOperationException()));
    }
}
