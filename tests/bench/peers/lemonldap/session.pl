# Writes sessions as LemonLDAP::NG's portal would, and prints their ids.
#
#   perl session.pl DIRECTORY COUNT
use strict;
use warnings;
use Lemonldap::NG::Common::Session;

my ($directory, $count) = @ARGV;
for my $number (0 .. $count - 1) {
    my $session = Lemonldap::NG::Common::Session->new({
        storageModule        => 'Apache::Session::File',
        storageModuleOptions => {
            Directory      => "$directory/sessions",
            LockDirectory  => "$directory/locks",
            generateModule => 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
        },
        kind => 'SSO',
        info => {
            uid            => "user$number",
            _user          => "user$number",
            _whatToTrace   => "user$number",
            cn             => 'Some Body',
            mail           => "user$number\@example.com",
            groups         => 'staff',
            _utime         => time(),
            _lastSeen      => time(),
        },
    });
    die $session->error if $session->error;
    print $session->id, "\n";
}
