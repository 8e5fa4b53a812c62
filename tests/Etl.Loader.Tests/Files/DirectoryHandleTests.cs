using System.Text;
using Etl.Loader.Files;
using Etl.Loader.Tests.Attacks;

namespace Etl.Loader.Tests.Files;

public sealed class DirectoryHandleTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("handle-");

    public DirectoryHandleTests() => LocalUser.Permit(_root.FullName, "755");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_tree_is_removed_and_what_its_links_lead_to_stays_while_they_are_exchanged()
    {
        var victim = Directory.CreateDirectory(At("victim")).FullName;
        File.WriteAllText(Path.Combine(victim, "kept"), "");
        for (var round = 0; round < 20; round++)
        {
            Directory.CreateDirectory(At("tree"));
            for (var i = 0; i < 30; i++)
            {
                Directory.CreateDirectory(At($"tree/d{i}/below"));
            }

            Directory.CreateSymbolicLink(At("tree/link"), victim);
            LocalUser.Own(At("tree"));
            using (var handle = DirectoryHandle.Open(_root.FullName))
            using (LocalUser.Exchanging(At("tree"), "d7", "link").AsExpectedToEnd())
            {
                // The exchange seldom falls between the look at an entry and its opening: what would follow then is tried by itself as well.
                Directory.CreateSymbolicLink(At("always a link"), victim);
                Assert.Null(Entered(handle, "always a link"));
                File.Delete(At("always a link"));
                try
                {
                    handle.DeleteTree("tree");
                }
                catch (IOException)
                {
                    // Something was put there again: no one else's is touched, and the next one removes it.
                }
            }

            Assert.True(File.Exists(Path.Combine(victim, "kept")));
            if (Directory.Exists(At("tree")))
            {
                Directory.Delete(At("tree"), recursive: true);
            }
        }
    }

    private static string? Entered(DirectoryHandle handle, string name)
    {
        try
        {
            using var entered = handle.TryDescend(name);
            return entered?.Path;
        }
        catch (IOException)
        {
            return null;
        }
    }

    [Fact]
    public void A_directory_of_another_user_is_neither_used_nor_removed()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("only root can make another user's directory");
        }

        Directory.CreateDirectory(At("theirs/inside"));
        LocalUser.Own(At("theirs"));
        Assert.Contains("belongs to another user (number 65534)", Assert.Throws<IOException>(() => OwnDirectory.Make(At("theirs"))).Message, StringComparison.Ordinal);
        OwnDirectory.Remove(At("theirs"));
        Assert.True(Directory.Exists(At("theirs/inside")));

        Directory.CreateSymbolicLink(At("link"), At("theirs"));
        Assert.Throws<SymbolicLinkException>(() => OwnDirectory.Make(At("link")));
        OwnDirectory.Remove(At("link"));
        Assert.True(Directory.Exists(At("theirs/inside")));
    }

    [Fact]
    public void A_file_takes_the_place_of_a_link_and_what_that_leads_to_stays()
    {
        File.WriteAllText(At("victim"), "kept");
        File.CreateSymbolicLink(At("link"), At("victim"));
        using var handle = DirectoryHandle.Open(_root.FullName);
        SmallFile.Write(handle, "link", ".new", Encoding.UTF8.GetBytes("written"), ownerOnly: true);
        Assert.Equal(("kept", "written"), (File.ReadAllText(At("victim")), File.ReadAllText(At("link"))));
        Assert.Null(new FileInfo(At("link")).LinkTarget);
        Assert.False(File.Exists(At(".new")));

        File.CreateSymbolicLink(At("again"), At("victim"));
        Assert.Null(SmallFile.Read(handle, "again", 100));
        Assert.Throws<SymbolicLinkException>(() => handle.TryOpenFile("again", out _));
        Assert.ThrowsAny<IOException>(() => handle.Create("again", ownerOnly: true));
    }

    [Fact]
    public void A_small_file_that_is_too_large_or_none_is_nothing()
    {
        File.WriteAllText(At("large"), new string('x', 101));
        Directory.CreateDirectory(At("dir"));
        using var handle = DirectoryHandle.Open(_root.FullName);
        Assert.Null(SmallFile.Read(handle, "large", 100));
        Assert.Null(SmallFile.Read(handle, "dir", 100));
        Assert.Null(SmallFile.Read(handle, "nothing", 100));
        Assert.Equal(101, SmallFile.Read(handle, "large", 101)!.Length);
    }

    [Fact]
    public void A_pinned_file_opens_only_as_the_one_that_was_found()
    {
        File.WriteAllText(At("a"), "123");
        var found = new PinnedFile(_root.FullName, "a", FileStat.Of(At("a"))!.Value);
        found.Open().Dispose();

        File.WriteAllText(At("b"), "123");
        File.SetLastWriteTimeUtc(At("b"), File.GetLastWriteTimeUtc(At("a")));
        File.Move(At("b"), At("a"), overwrite: true);
        Assert.Throws<FileChangedException>(() => found.Open());
    }

    private string At(string relative) => Path.Combine(_root.FullName, relative);
}
