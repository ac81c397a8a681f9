package org.poolscope.dfs.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Samba's file server with the shares {@code share1} and {@code share2}, to be the target of links. */
final class SambaTarget implements AutoCloseable {

    private final Process process;

    /**
     * Starts it on the standard port, the only one clients follow referrals to.
     *
     * @param user a user it knows, who must be a user of this machine
     */
    SambaTarget(Path folder, InetAddress address, String user, String password) throws Exception {
        for (String name : List.of("private", "state", "cache", "lock", "pid", "ncalrpc", "share1/deep", "share2")) {
            Files.createDirectories(folder.resolve(name));
        }
        Files.writeString(folder.resolve("share1/deep/file.txt"), "what the file says\n");
        Files.writeString(folder.resolve("share2/two.txt"), "two\n");
        Path config = Files.writeString(folder.resolve("smb.conf"), """
                [global]
                   netbios name = TARGET
                   server role = standalone server
                   disable netbios = yes
                   smb ports = 445
                   interfaces = ADDRESS/8
                   bind interfaces only = yes
                   map to guest = Bad User
                   guest account = USER
                   passdb backend = tdbsam:DIR/private/passdb.tdb
                   private dir = DIR/private
                   state directory = DIR/state
                   cache directory = DIR/cache
                   lock directory = DIR/lock
                   pid directory = DIR/pid
                   ncalrpc dir = DIR/ncalrpc
                   log file = DIR/smbd.log
                   load printers = no
                   printing = bsd
                   printcap name = /dev/null
                   disable spoolss = yes
                   rpc start on demand helpers = no
                [share1]
                   path = DIR/share1
                   guest ok = yes
                [share2]
                   path = DIR/share2
                   guest ok = yes
                """.replace("DIR", folder.toString()).replace("ADDRESS", address.getHostAddress()).replace("USER", user));
        Process add = new ProcessBuilder("smbpasswd", "-c", config.toString(), "-s", "-a", user).redirectErrorStream(true)
                .redirectOutput(folder.resolve("smbpasswd.txt").toFile()).start();
        add.getOutputStream().write((password + "\n" + password + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        add.getOutputStream().close();
        add.waitFor();
        // in a session of its own: when it ends it signals its process group
        process = new ProcessBuilder("setsid", "smbd", "-F", "--no-process-group", "-s", config.toString(), "--debug-stdout")
                .redirectErrorStream(true).redirectOutput(folder.resolve("smbd.txt").toFile()).start();
        awaitListening(address, folder);
    }

    private void awaitListening(InetAddress address, Path folder) throws Exception {
        for (int i = 0; i < 200; i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, Tools.SMB_PORT), 1000);
                return;
            } catch (IOException e) {
                if (!process.isAlive()) {
                    break;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        throw new IOException("smbd does not listen: " + Files.readString(folder.resolve("smbd.txt")));
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
